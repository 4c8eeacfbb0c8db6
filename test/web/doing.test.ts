import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, findings, openBrowser } from "./browser.ts";
import { at } from "./console.ts";

let browser: Browser;

describe.skipIf(chromiumPath === undefined)("what is done in the console", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  test("an operation asks, in its own words, and is told when it is done", async () => {
    const { page, server } = await at(browser, "containers/mail%40n2");
    await button(page, "Remove from config");
    await page.getByText("Change only the config; let it run").click();
    await page.getByText("pictl container remove mail@n2 --keep-running").waitFor();
    await page.getByText("What would happen").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await button(page, "Yes, remove");
    await page.locator(".note.busy, .note.good").first().waitFor();
    await expect.poll(() => readFileSync(server.config, "utf8")).not.toContain("mail");
  });

  test("what is asked is left by No, and nothing is done", async () => {
    const { page, server } = await at(browser, "containers/mail%40n2");
    await button(page, "Delete");
    await page.getByText("Delete mail@n2?").waitFor();
    await button(page, "No");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(readFileSync(server.config, "utf8")).toContain("mail");
  });

  test("a node is added only after its fingerprint was compared", async () => {
    const { page } = await at(browser, "nodes");
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/nodes")) sent.push(request.postData() ?? "");
    });
    await button(page, "Add a node");
    await page.getByLabel("Name", { exact: true }).fill("n7");
    await page.getByLabel("Address").fill("10.0.0.17");
    await button(page, "Look at its host key");
    await page.getByText("SHA256:uW3v1yfDbBq9mJ3m0eKkCq4n9q0mT2d8oX4Yb1m1Q0c").first().waitFor();
    const add = page.getByRole("dialog").getByRole("button", { name: "Add", exact: true });
    expect(await add.isDisabled()).toBe(true);
    await page.getByText("I have compared it: it is the same").click();
    await page.getByText(/pictl node add n7 --address 10\.0\.0\.17 --trust --fingerprint SHA256:uW3v/).waitFor();
    expect(await findings(page)).toEqual([]);
    await button(page, "Add node");
    await expect.poll(() => sent.length).toBe(1);
    expect(JSON.parse(sent[0] ?? "")).toEqual({
      name: "n7",
      address: "10.0.0.17",
      trust: true,
      fingerprint: ["SHA256:uW3v1yfDbBq9mJ3m0eKkCq4n9q0mT2d8oX4Yb1m1Q0c"],
    });
  });

  test("another address, typed after the key was looked at, is looked at anew", async () => {
    const { page } = await at(browser, "nodes");
    await button(page, "Add a node");
    await page.getByLabel("Name", { exact: true }).fill("n7");
    await button(page, "Look at its host key");
    await page.getByText("I have compared it: it is the same").click();
    await page.getByLabel("Address").fill("10.0.0.99");
    await expect.poll(() => page.getByText("SHA256:").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Add node" }).count()).toBe(0);
  });

  test("the config: a mistake is shown where it is, a change before it is written", async () => {
    const { page, server } = await at(browser, "config");
    const text = page.getByLabel("The config", { exact: true });
    await expect.poll(() => text.inputValue()).toContain('"n1"');
    const before = await text.inputValue();
    await text.fill(before.replace('"mail":""', '"mail":17'));
    await button(page, "Check and review");
    await page.getByRole("button", { name: /^Line 1, column \d+/ }).waitFor();
    expect(readFileSync(server.config, "utf8")).not.toContain("17");
    await text.fill(before.replace('"mail":""', '"mail":"-p 25:25"'));
    await text.press("Control+s");
    await page.getByLabel("What changes").getByText("-p 25:25").waitFor();
    expect(readFileSync(server.config, "utf8")).not.toContain("25:25");
    await button(page, "Write it");
    await page.getByText("The config is written").waitFor();
    expect(readFileSync(server.config, "utf8")).toContain("25:25");
    // What was hidden from the editor is as it was.
    expect(readFileSync(server.config, "utf8")).toContain("correct horse");
    expect(before).not.toContain("correct horse");
  });

  test("a move shows who can take it and why others cannot, and what would happen", async () => {
    const { page } = await at(browser, "containers/web%40n1");
    await button(page, "Move");
    await page.getByText("port 80 is taken there by web").waitFor();
    await page.getByText("the best").click();
    await page.getByText("web n1 → n2").waitFor();
    await page.getByText("pictl move web@n1 n2").waitFor();
    expect(await findings(page)).toEqual([]);
  });

  test.each([
    ["images", "Pull"],
    ["images", "Build"],
    ["images", "Clean up"],
    ["containers", "Add a container"],
    ["containers/web%40n1", "Edit"],
    ["nodes/n1", "Drain"],
  ])("%s: %s has no finding of axe, and Esc leaves it", async (place, name) => {
    const { page, complaints } = await at(browser, place);
    await button(page, name);
    await page.getByRole("dialog").getByRole("heading").first().waitFor();
    await page.waitForLoadState("networkidle");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    // The browser tells of the answer 401 before the login, and of those of nodes that nobody reaches.
    expect(complaints.filter((text) => !/401|502/.test(text))).toEqual([]);
  });
});

function button(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).last().click();
}
