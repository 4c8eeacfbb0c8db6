import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openBuildContexts, savedDigests, sentContext } from "../../../src/adapters/build-context/index.ts";
import { openStateFile } from "../../../src/adapters/state/index.ts";
import type { BuildContext, BuildContexts } from "../../../src/app/ports.ts";

/** A folder for what build contexts remember, removed after the test; outside of any, give `afterAll`. */
export function memoryFolder(afterwards: (clean: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "pictl-contexts-"));
  afterwards(() => {
    rmSync(folder, { recursive: true, force: true });
  });
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
