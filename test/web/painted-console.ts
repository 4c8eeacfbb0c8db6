import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StatusState } from "../../src/domain/container/status.ts";
import { runServe } from "../../src/http/index.ts";
import { quietContext } from "../support/quiet-context.ts";
import { paintedLive, paintedModel } from "./painted.ts";

const webRoot = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** Serves the built console of a painted cluster on a free port, until `work` has ended; its user is anna. For scripts. */
export async function withPaintedConsole(
  config: object,
  states: Readonly<Record<string, StatusState>>,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pictl-console-"));
  const path = join(folder, "config.json");
  const anna = { web_username: "anna", web_password: "correct horse", state_dir: join(folder, "state") };
  await writeFile(path, JSON.stringify({ ...config, ...anna }), { mode: 0o600 });
  const context = await quietContext(path, "pictl serve");
  const leave = new AbortController();
  let working: Promise<void> = Promise.resolve();
  await runServe(context, {
    access: context.access,
    live: paintedLive(paintedModel(context.config, states)),
    host: "127.0.0.1",
    port: 0,
    selfSigned: false,
    webRoot,
    version: "0.0.0",
    leave: leave.signal,
    warn: () => undefined,
    onListening: ({ url }) => {
      working = work(url).finally(() => {
        leave.abort();
      });
    },
  });
  await context.close();
  await rm(folder, { recursive: true });
  await working;
}

/** The config of a cluster as large as one likes. */
export function largeLayout(nodes: number, containers: number): readonly object[] {
  return Array.from({ length: nodes }, (_, index) => ({
    node: `n${String(index)}`,
    ...Object.fromEntries(Array.from({ length: containers }, (_, at) => [`c${String(index)}-${String(at)}`, ""])),
  }));
}
