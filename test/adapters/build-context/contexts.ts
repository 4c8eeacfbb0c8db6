import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openBuildContexts, savedDigests, sentContext } from "../../../src/adapters/build-context/index.ts";
import { openStateFile } from "../../../src/adapters/state/index.ts";
import type { BuildContext, BuildContexts } from "../../../src/app/ports.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder for what build contexts remember, removed after the tests. */
export function memoryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pictl-contexts-"));
  made.push(folder);
  return folder;
}

/** Build contexts as a process that starts now has them. `aheadMs`: how far its clock is. */
export function contextsIn(memory: string, aheadMs = 0): BuildContexts {
  return openBuildContexts({
    memory: (key) => openStateFile(join(memory, `${key}.json`), savedDigests, { warn: () => undefined }),
    sent: (key) => openStateFile(join(memory, `${key}.sent.json`), sentContext, { warn: () => undefined }),
    clock: { now: () => Date.now() + aheadMs },
  });
}

export async function opened(contexts: BuildContexts, folder: string): Promise<BuildContext> {
  const context = await contexts.open(folder);
  if (!context) throw new Error(`no folder ${folder}`);
  return context;
}
