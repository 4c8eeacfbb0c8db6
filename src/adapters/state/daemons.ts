import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DaemonState } from "../../domain/daemon.ts";
import { lockHolder } from "../../files/lock.ts";
import { isMissing } from "../../files/read.ts";
import { openStateFile, type StateFileOptions } from "./index.ts";
import { daemonState } from "./schemas.ts";

/** Where the daemon of a cluster keeps its lock, and what it tells of itself. */
export function daemonPaths(stateDir: string, cluster: string): { readonly lock: string; readonly state: string } {
  return { lock: join(stateDir, `daemon-${cluster}.lock`), state: join(stateDir, `daemon-${cluster}.json`) };
}

/**
 * What a daemon that runs on this machine tells of itself that goes by the same config file, under another name of the
 * cluster; undefined when there is none.
 */
export async function daemonOfOldName(
  {
    stateDir,
    cluster,
    configPath,
  }: { readonly stateDir: string; readonly cluster: string; readonly configPath: string },
  options: StateFileOptions<DaemonState>,
): Promise<DaemonState | undefined> {
  for (const name of await clustersIn(stateDir)) {
    if (name === cluster) continue;
    const paths = daemonPaths(stateDir, name);
    const holder = await lockHolder(paths.lock);
    if (!holder) continue;
    const told = await openStateFile(paths.state, daemonState, options).read();
    if (told?.configPath === configPath && told.pid === holder.pid && told.host === holder.host) return told;
  }
  return undefined;
}

async function clustersIn(stateDir: string): Promise<readonly string[]> {
  try {
    return (await readdir(stateDir)).flatMap((file) => /^daemon-(.+)\.lock$/.exec(file)?.[1] ?? []);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
