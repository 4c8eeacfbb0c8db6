import type { Browser, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { configFile, startServer, type TestServer } from "../http/server.ts";
import { quietContext } from "../support/quiet-context.ts";
import { paintAnswers } from "./answers.ts";
import { openPage, type OpenedPage } from "./browser.ts";
import { paintedLive, type PaintedLive, paintedModel } from "./painted.ts";

const webRoot = new URL("../../dist/web", import.meta.url).pathname;
export const anna = { web_username: "anna", web_password: "correct horse" };
const layout = [
  { node: "n1", web: "-p 80:80", db: "-v data:/data" },
  { node: "n2", web: "-p 80:80", mail: "" },
  { node: "n3", cache: "" },
];

/** The console with its real server, and a cluster that is painted. */
export async function serving(more: object = anna): Promise<{ server: TestServer; live: PaintedLive }> {
  const config = configFile({ layout, ...more });
  const context = await quietContext(config, "pictl serve");
  onTestFinished(() => context.close());
  const live = paintedLive(paintedModel(context.config, { "db@n1": "missing" }));
  return { server: await startServer(config, { live, webRoot }), live };
}

/** A page of a browser, closed with the test; what only nodes could answer is painted. */
export async function opened(browser: Browser, size: Parameters<typeof openPage>[1] = {}): Promise<OpenedPage> {
  const page = await openPage(browser, size);
  onTestFinished(() => page.page.close());
  await paintAnswers(page.page);
  return page;
}

export async function logIn(page: Page): Promise<void> {
  await page.fill("[name=username]", "anna");
  await page.fill("[name=password]", "correct horse");
  await page.press("[name=password]", "Enter");
  await page.locator(".frame").waitFor();
}

/** Logged in, at a place of the console. */
export async function at(browser: Browser, place: string, more?: object): Promise<OpenedPage & { server: TestServer }> {
  const { server } = await serving(more);
  const shown = await opened(browser);
  await shown.page.goto(`${server.url}#/${place}`);
  await logIn(shown.page);
  return { ...shown, server };
}
