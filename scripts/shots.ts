// Pictures of every page of the web console, in light and dark, on a screen and a phone, for somebody to look at. The
// cluster in them is painted. They lie in shots/, which git ignores.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { pages } from "../src/web/pages/index.ts";
import { paintAnswers } from "../test/web/answers.ts";
import { openBrowser, openPage } from "../test/web/browser.ts";
import { withPaintedConsole } from "../test/web/painted-console.ts";

const morePlaces = [
  "containers/web%40n3",
  "containers/web%40n3?tab=stats",
  "containers/web%40n3?tab=config",
  "containers/web%40n3?tab=terminal",
  "containers/plan",
  "nodes/n1",
  "nodes/n1?tab=doctor",
  "logs?tab=syslog",
  "logs?tab=rsyslog",
  "config?tab=history",
];
/** Where, and what is clicked, or typed into a field, there. */
const dialogs = [
  ["nodes", "Add a node", "Name=n7", "Look at its host key"],
  ["nodes/n1", "Drain"],
  ["containers", "Add a container"],
  ["containers/web%40n1", "Move", "n2"],
  ["containers/web%40n1", "Edit"],
  ["images", "Pull", "Image=nginx", "Search the registries"],
  ["images", "Clean up"],
];

const root = new URL("..", import.meta.url).pathname;
const layout = Array.from({ length: 6 }, (_, index) => ({
  node: `n${String(index + 1)}`,
  web: "-p 80:80",
  [`api-${String(index + 1)}`]: "",
  [`worker-${String(index + 1)}`]: "",
}));
const config = {
  cluster: "shop",
  layout,
  hb: layout.map(({ node }) => ({ node, web: 80 })),
  container_host_constraints: [{ container: "web,n1,n2,n3" }],
  vip_ip: "10.0.0.15",
  vip: [1, 2, 3].map((index) => ({ node: `n${String(index)}`, vip_eth_device: "eth0" })),
  commandlist: [{ Kernel: "uname -a" }],
};
await mkdir(join(root, "shots"), { recursive: true });
await withPaintedConsole(config, { "api-2@n2": "missing", "web@n3": "unhealthy", "worker-5@n5": "restarting" }, shoot);

async function shoot(url: string): Promise<void> {
  const browser = await openBrowser();
  for (const [name, size] of [
    ["light", { width: 1440, height: 900 }],
    ["dark", { width: 1440, height: 900, dark: true }],
    ["phone", { width: 390, height: 844 }],
  ] as const) {
    const { page } = await openPage(browser, size);
    await paintAnswers(page);
    await page.goto(url);
    await page.screenshot({ path: join(root, "shots", `login-${name}.png`) });
    await page.fill("[name=username]", "anna");
    await page.fill("[name=password]", "correct horse");
    await page.press("[name=password]", "Enter");
    await page.locator(".frame").waitFor();
    for (const path of [...pages.map(({ id }) => id), ...morePlaces]) {
      await page.goto(`${url}#/${path}`);
      await page.locator("main h1").first().waitFor();
      await settled(page);
      await page.screenshot({ path: join(root, "shots", `${path.replaceAll(/[^\w]+/g, "-")}-${name}.png`) });
    }
    for (const [path, ...steps] of dialogs) {
      await page.goto(`${url}#/${path}`);
      for (const step of steps) {
        const [label = "", text] = step.split("=");
        if (text !== undefined) await page.getByLabel(label, { exact: true }).fill(text);
        else await page.getByText(step, { exact: true }).last().click();
      }
      await settled(page);
      await page.screenshot({
        path: join(root, "shots", `dialog-${(steps[0] ?? "").replaceAll(" ", "-")}-${name}.png`),
      });
      await page.keyboard.press("Escape");
    }
    await page.getByRole("button", { name: /^Jobs/ }).click();
    await page.screenshot({ path: join(root, "shots", `jobs-${name}.png`) });
    await page.close();
  }
  await browser.close();
}

/** What a page has asked for is there, and drawn. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(600);
}
