/** `pictl serve` in a process of its own, as a user runs it. */
import { onTestFinished } from "vitest";
import { pause } from "../../src/abort.ts";
import { pictl, type RunningCli, startPictl } from "./cli.ts";

export interface Serving extends RunningCli {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Of the original's routes. */
  readonly legacyUrl: string;
  /** Of an admin. */
  readonly token: string;
}

/** On a free port; ended with the test. */
export async function startServing(config: string, ...words: readonly string[]): Promise<Serving> {
  const name = `test-${String(performance.now())}`;
  const added = await pictl(["serve", "token", "add", "--name", name, "--role", "admin", "--json"], { config });
  const { tokens } = (JSON.parse(added.stdout) as { result: { tokens: { token: string }[] } }).result;
  const serving = startPictl(["serve", "--port", "0", "--json", ...words], { config });
  onTestFinished(async () => {
    serving.kill("SIGKILL");
    await serving.ended;
  });
  while (!serving.said().includes("\n")) {
    const over = await Promise.race([serving.ended, pause(20)]);
    if (over) throw new Error(over.stderr);
  }
  const { url, legacyUrl = "" } = JSON.parse(serving.said()) as { url: string; legacyUrl?: string };
  return { ...serving, url, legacyUrl, token: tokens[0]?.token ?? "" };
}
