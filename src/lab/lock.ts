import { mkdirSync, openSync, readFileSync, rmSync, rmdirSync, writeFileSync, closeSync } from "node:fs";
import { dirname } from "node:path";
import { PictlError } from "../domain/errors.ts";
import { isAlive, processRef, type ProcessRef } from "./process.ts";
import { until } from "./wait.ts";

export interface LockOptions {
  /** How long to wait for the holder, milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Completes "Another pictl is …". */
  readonly holderIs: string;
}

/**
 * Does `work` while holding the lock file. A lock whose holder is dead is taken over.
 * Throws lock-held when the holder does not let go in time.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const got = await until(() => take(path), { timeoutMs: options.waitMs, signal: options.signal });
  if (!got) {
    throw new PictlError("lock-held", `Another pictl is ${options.holderIs} (process ${holderOf(path)?.pid ?? "?"}).`, {
      hint: "Wait for it to end, then try again.",
    });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
    removeIfEmpty(dirname(path));
  }
}

/** rmdir that leaves a folder with something in it alone. */
export function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch (error) {
    if (!["ENOTEMPTY", "ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function take(path: string): boolean {
  const holder = holderOf(path);
  if (holder !== undefined && !isAlive(holder)) rmSync(path, { force: true });
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, "wx", 0o600);
    writeFileSync(file, JSON.stringify(processRef(process.pid)));
    closeSync(file);
    return true;
  } catch (error) {
    // ENOENT: the folder was removed between the two calls by somebody who just let go.
    if (["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** undefined: nobody, or somebody who has not yet written down who it is. */
function holderOf(path: string): ProcessRef | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessRef;
  } catch {
    return undefined;
  }
}
