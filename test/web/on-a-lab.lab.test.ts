import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Create from "../../commands/create.ts";
import { pages } from "../../src/web/pages/index.ts";
import { startServer, type TestServer } from "../http/server.ts";
import { runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { chromiumPath, findings, openBrowser, openPage } from "./browser.ts";
import { anna, logIn } from "./console.ts";

const obstacle = (await labObstacle()) ?? (chromiumPath === undefined ? "there is no Chromium" : undefined);
const webRoot = new URL("../../dist/web", import.meta.url).pathname;
const soon = { timeout: 30_000 };

/** The tests follow each other in one tab, as a person would go on. */
describe.skipIf(obstacle !== undefined)("the console on a lab", () => {
  const lab = withLab({ nodes: 4 });
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let server: TestServer;

  beforeAll(async () => {
    const config = await threeOfFour();
    const created = await runCommand(Create, ["web", "clock"], config);
    expect(created.code, created.stderr).toBe(0);
    // Stopped with the last test, not with this hook.
    server = await startServer(config, { webRoot }, afterAll);
    browser = await openBrowser();
    ({ page, complaints } = await openPage(browser));
  });
  afterAll(async () => {
    await browser.close();
  });

  /** A config of three of the nodes; nobody here knows the host key of the fourth. */
  async function threeOfFour(): Promise<string> {
    const { config, dir } = lab.status();
    const given = JSON.parse(await readFile(config, "utf8")) as {
      layout: { node: string }[];
      nodes: Record<string, object>;
      ssh: object;
    };
    const known = await readFile(join(dir, "known_hosts"), "utf8");
    const { address } = lab.node("n4");
    const others = known.split("\n").filter((line) => !line.includes(address) && !/\bn4\b/.test(line));
    await writeFile(join(dir, "known"), others.join("\n"), { mode: 0o600 });
    const nodes = Object.fromEntries(Object.entries(given.nodes).filter(([name]) => name !== "n4"));
    const changed = {
      ...given,
      ...anna,
      layout: given.layout.filter(({ node }) => node !== "n4"),
      nodes,
      container_host_constraints: [],
      http: { terminal: true },
      ssh: { ...given.ssh, known_hosts_file: "known" },
    };
    const path = join(dir, "web.json");
    await writeFile(path, JSON.stringify(changed, null, 2), { mode: 0o600 });
    return path;
  }

  const go = (place: string): Promise<unknown> => page.goto(`${server.url}#/${place}`);
  const press = (name: string | RegExp): Promise<void> =>
    page.getByRole("button", { name, exact: true }).last().click(soon);
  const state = (text: string) => page.locator("h1 .state", { hasText: text });

  test("a person logs in, and every page shows the cluster without a complaint", async () => {
    await go("overview");
    await logIn(page);
    complaints.length = 0;
    await page.locator(".tile .number", { hasText: "3/3" }).waitFor(soon);
    for (const path of [
      ...pages.map(({ id }) => id),
      "containers/web%40n1?tab=stats",
      "nodes/n1?tab=doctor",
      "containers/plan",
    ]) {
      await go(path);
      await page.locator("main h1").first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(await findings(page), path).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  test("a container is stopped and started; what is done is told, with its job", async () => {
    await go("containers/web%40n1");
    await state("running").waitFor(soon);
    await press("Stop");
    await page.locator(".note.good", { hasText: "Stop web@n1" }).waitFor(soon);
    await state("stopped").waitFor(soon);
    await press("Start");
    await state("running").waitFor(soon);
    await press(/^Jobs/);
    await page.locator(".job", { hasText: "stop web@n1" }).click();
    await page.locator(".job-detail", { hasText: "pictl stop web@n1" }).waitFor(soon);
    await page.keyboard.press("Escape");
  });

  test("its logs go on while one looks", async () => {
    await go("logs?of=clock%40n2");
    const lines = page.locator(".log-line");
    await lines.first().waitFor(soon);
    const before = await lines.count();
    await expect.poll(() => lines.count(), soon).toBeGreaterThan(before);
  });

  test("a move shows who can take it and what would happen, and then does it", async () => {
    await go("containers/clock%40n2");
    await press("Move");
    await page.locator(".candidates label", { hasText: "n3" }).click(soon);
    await page.locator(".outcome", { hasText: "clock n2 → n3" }).waitFor(soon);
    await page.getByRole("dialog").getByRole("button", { name: "Move", exact: true }).click();
    await page.locator(".note.good", { hasText: "Move clock@n2 to n3" }).waitFor(soon);
    await go("containers/clock%40n3");
    await state("running").waitFor(soon);
  });

  test("the config is edited: with a mistake it is not written, without it is", async () => {
    await go("config");
    const text = page.getByLabel("The config", { exact: true });
    await expect.poll(() => text.inputValue(), soon).toContain("heartbeat_interval");
    const before = await text.inputValue();
    await text.fill(before.replace('"30000"', '"soon"'));
    await press("Check and review");
    await page.getByRole("button", { name: /^Line \d+, column \d+/ }).waitFor(soon);
    await text.fill(before.replace('"30000"', '"45000"'));
    await press("Check and review");
    await page.getByLabel("What changes").getByText("45000").waitFor(soon);
    await press("Write it");
    await page.getByText("The config is written").waitFor(soon);
    expect(await readFile(server.config, "utf8")).toContain("45000");
  });

  test("a terminal on a node: one types, its size follows the window, and it survives a page that is loaded again", async () => {
    await go("nodes/n1?tab=terminal");
    await typed("kept=$((40+2)); echo kept is $kept", "kept is 42");
    await typed("stty size", /^\d+ \d+/);
    await page.setViewportSize({ width: 640, height: 700 });
    await typed("echo narrow $(stty size)", /narrow \d+ \d\d$/);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.reload();
    await screen().getByText("kept is 42").first().waitFor(soon);
    await typed("echo again $kept", "again 42");
    expect(await findings(page)).toEqual([]);
    await press("End it");
  });

  test("a terminal in a container", async () => {
    await go("containers/web%40n1?tab=terminal");
    await typed("echo in $(hostname | wc -c)", /in \d+/);
    await press("End it");
  });

  const screen = () => page.locator(".terminal-place .xterm-rows, .terminal-place .xterm-accessibility");
  async function typed(text: string, shows: string | RegExp): Promise<void> {
    await page.locator(".terminal-place textarea").focus(soon);
    await page.getByText(/^In /).first().waitFor(soon);
    await page.keyboard.type(`${text}\n`);
    await page.locator(".terminal-place .xterm-rows > div", { hasText: shows }).first().waitFor(soon);
  }

  test("a node is added: its fingerprint is shown before, and is its own", async () => {
    const key = await lab.inside("n4", "cat /etc/ssh/*_key.pub | ssh-keygen -lf - | cut -d' ' -f2");
    await go("nodes");
    await press("Add a node");
    await page.getByLabel("Name", { exact: true }).fill("n4");
    await page.getByLabel("Address").fill(lab.node("n4").address);
    await press("Look at its host key");
    const shown = await page.locator(".fingerprint").first().textContent(soon);
    expect(key.split("\n")).toContain(shown);
    await page.getByText("I have compared it: it is the same").click();
    await press("Add node");
    await page.locator(".note.good", { hasText: "Add n4" }).waitFor(soon);
    await page.locator(".card.node", { hasText: /^n4/ }).getByText("answering").waitFor(soon);
  });

  test("a node that dies while one looks: it is told, and what was seen of it is shown as old", async () => {
    await go("nodes/n3");
    await state("answering").waitFor(soon);
    await lab.kill("n3");
    await state("silent").waitFor(soon);
    await page.locator(".age.old").first().waitFor(soon);
    await go("containers/clock%40n3");
    await page.getByText("Its node does not answer. It was running").waitFor(soon);
  });

  test("a session that was ended elsewhere ends here; nobody complained but of that", async () => {
    // The browser tells of the config that was refused.
    expect(complaints.filter((text) => !text.includes("400"))).toEqual([]);
    await page.evaluate(`fetch("api/v1/session", { method: "DELETE" })`);
    await page.getByText("The session has ended. Log in again.").waitFor(soon);
  });
});
