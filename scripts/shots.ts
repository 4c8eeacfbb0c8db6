// Pictures of every page of the web console, in light and dark, on a screen and a phone, for somebody to look at. The
// cluster in them is painted. They lie in shots/, which git ignores.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runServe } from "../src/http/index.ts";
import { pages } from "../src/web/pages/index.ts";
import { quietContext } from "../test/support/quiet-context.ts";
import { openBrowser, openPage } from "../test/web/browser.ts";
import { paintedLive, paintedModel } from "../test/web/painted.ts";

const root = new URL("..", import.meta.url).pathname;
const folder = await mkdtemp(join(tmpdir(), "pictl-shots-"));
const layout = Array.from({ length: 6 }, (_, index) => ({
  node: `n${index + 1}`,
  web: "-p 80:80",
  [`api-${index + 1}`]: "",
  [`worker-${index + 1}`]: "",
}));
await writeFile(
  join(folder, "config.json"),
  JSON.stringify({
    cluster: "shop",
    layout,
    hb: layout.map(({ node }) => ({ node, web: 80 })),
    container_host_constraints: [{ container: "web,n1,n2,n3" }],
    vip_ip: "10.0.0.15",
    vip: [{ node: "n1", vip_eth_device: "eth0" }],
    commandlist: [{ Kernel: "uname -a" }],
    web_username: "anna",
    web_password: "correct horse",
    state_dir: join(folder, "state"),
  }),
  { mode: 0o600 },
);
const context = await quietContext(join(folder, "config.json"), "pictl serve");
const live = paintedLive(
  paintedModel(context.config, { "api-2@n2": "missing", "web@n3": "unhealthy", "worker-5@n5": "restarting" }),
);
const leave = new AbortController();
await mkdir(join(root, "shots"), { recursive: true });
const serving = runServe(context, {
  access: context.access,
  live,
  host: "127.0.0.1",
  port: 0,
  selfSigned: false,
  webRoot: join(root, "dist", "web"),
  version: "0.0.0",
  leave: leave.signal,
  warn: () => undefined,
  onListening: ({ url }) => {
    void shoot(url).finally(() => {
      leave.abort();
    });
  },
});
await serving;
await context.close();
await rm(folder, { recursive: true });

async function shoot(url: string): Promise<void> {
  const browser = await openBrowser();
  for (const [name, size] of [
    ["light", { width: 1440, height: 900 }],
    ["dark", { width: 1440, height: 900, dark: true }],
    ["phone", { width: 390, height: 844 }],
  ] as const) {
    const { page } = await openPage(browser, size);
    await page.goto(url);
    await page.screenshot({ path: join(root, "shots", `login-${name}.png`) });
    await page.fill("[name=username]", "anna");
    await page.fill("[name=password]", "correct horse");
    await page.press("[name=password]", "Enter");
    await page.locator(".frame").waitFor();
    for (const path of [...pages.map(({ id }) => id), "containers/web%40n3", "nodes/n1"]) {
      await page.goto(`${url}#/${path}`);
      await page.locator("main h1").first().waitFor();
      await page.screenshot({ path: join(root, "shots", `${path.replaceAll(/[/%]/g, "-")}-${name}.png`) });
    }
    await page.close();
  }
  await browser.close();
}
