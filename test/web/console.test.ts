import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pages } from "../../src/web/pages/index.ts";
import { chromiumPath, findings, openBrowser } from "./browser.ts";
import { anna, logIn, opened, serving } from "./console.ts";
import { largeLayout } from "./painted-console.ts";

const places = [
  ...pages.map(({ id }) => id),
  "containers/plan",
  ...["details", "stats", "terminal", "events", "config"].map((tab) => `containers/web%40n1?tab=${tab}`),
  ...["details", "doctor", "syslog", "terminal", "events"].map((tab) => `nodes/n1?tab=${tab}`),
  "logs?tab=syslog",
  "logs?tab=rsyslog",
  "config?tab=history",
];

/** What a finger would have to press, and is lower than 44 px; tables that go on beyond the edge. */
const tooSmall = `[
  ...[...document.querySelectorAll("button, select, a.button, summary, input:not([type=checkbox], [type=radio])")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44),
  ...[...document.querySelectorAll(".scroll")].filter((each) => each.scrollWidth > each.clientWidth),
].map((each) => each.outerHTML.slice(0, 80))`;

let browser: Browser;

describe.skipIf(chromiumPath === undefined)("the console in a real browser", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  test("asks who one is, tells what is wrong, and goes on to the overview", async () => {
    const { server } = await serving();
    const { page, complaints } = await opened(browser);
    await page.goto(server.url);
    expect(await findings(page)).toEqual([]);
    await page.fill("[name=username]", "anna");
    await page.fill("[name=password]", "wrong");
    await page.press("[name=password]", "Enter");
    await page.getByRole("alert").getByText("The user or the password is wrong.").waitFor();
    await logIn(page);
    await page.getByText("Not as wanted").first().waitFor();
    expect(await page.locator(".tile .number").first().textContent()).toBe("4/5");
    // Without a round of checks nothing is told to be well.
    expect(await page.locator(".tile").nth(2).textContent()).toBe("–nothing was checked yet");
    // The browser itself tells of the answers 401 that were meant.
    expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);
  });

  test("logs in by the printed address, which leaves no trace in the address bar", async () => {
    const { server } = await serving({});
    const { page } = await opened(browser);
    await page.goto(server.loginUrl ?? "");
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    expect(page.url()).not.toContain("login");
  });

  test.each([
    ["light", { dark: false, width: 1280, height: 800 }],
    ["dark", { dark: true, width: 1280, height: 800 }],
    ["on a phone", { dark: false, width: 390, height: 844 }],
  ])("shows every page %s without a complaint of the browser or of axe", async (_, size) => {
    const { server } = await serving();
    const { page, complaints } = await opened(browser, size);
    await page.goto(server.url);
    await logIn(page);
    complaints.length = 0;
    for (const path of places) {
      await page.goto(`${server.url}#/${path}`);
      await page.locator("main h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(await findings(page), path).toEqual([]);
      const wide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
      expect(wide, `${path} is wider than the window`).toBe(false);
      if (size.width < 600) expect(await page.evaluate<readonly string[]>(tooSmall), path).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  test("shows what changes while one looks: a node that dies ages, and is told", async () => {
    const { server, live } = await serving();
    const { page } = await opened(browser);
    await page.goto(server.url);
    await logIn(page);
    await page.locator(".tile .number").nth(1).getByText("3").first().waitFor();
    live.change((model) => {
      const nodes = new Map(model.nodes);
      const node = nodes.get("n3");
      if (node) {
        const failure = { code: "node-unreachable", message: "It does not answer.", node: "n3" } as const;
        nodes.set("n3", { ...node, state: "silent", sinceMs: Date.now(), failure, seenAtMs: Date.now() - 60_000 });
      }
      return { ...model, nodes };
    });
    await page.getByText("seen 60 s ago").first().waitFor();
    await page.getByText("It does not answer.").waitFor();
  });

  test("a session that ends elsewhere ends here: the login shows, with the reason", async () => {
    const { server } = await serving();
    const { page } = await opened(browser);
    await page.goto(server.url);
    await logIn(page);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.evaluate(`fetch("api/v1/session", { method: "DELETE" })`);
    await page.getByText("The session has ended. Log in again.").waitFor();
  });

  test("Ctrl-K goes anywhere by a few letters", async () => {
    const { server } = await serving();
    const { page } = await opened(browser);
    await page.goto(server.url);
    await logIn(page);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("mail");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "mail@n2" }).waitFor();
  });

  test("two thousand rows are drawn as those that are seen, soon after the login", async () => {
    const { server } = await serving({ ...anna, layout: largeLayout(20, 100) });
    const { page } = await opened(browser);
    await page.goto(`${server.url}#/containers`);
    await logIn(page);
    await page.getByText("c0-0", { exact: true }).waitFor();
    expect(await page.locator("tbody tr").count()).toBeLessThan(60);
    expect(await page.locator("table").getAttribute("aria-rowcount")).toBe("2001");
    await page.locator(".table-box").focus();
    await page.keyboard.press("End");
    await page.getByText("c19-99", { exact: true }).waitFor();
  });
});
