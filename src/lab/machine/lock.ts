import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import { isProcessAlive, processRef, type ProcessRef } from "./process.ts";
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

/** The file appears with its holder in it, by a link, so that no crash leaves a lock that is nobody's. */
function take(path: string): boolean {
  removeStale(path);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, JSON.stringify(processRef(process.pid)), { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    // ENOENT: the folder was removed between two calls by somebody who just let go.
    if (["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeStale(path: string): void {
  const holder = holderOf(path);
  if (holder === undefined || isProcessAlive(holder)) return;
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    // Somebody else may have been faster, and what was moved away is their lock.
    const moved = holderOf(aside);
    if (moved !== undefined && isProcessAlive(moved)) linkSync(aside, path);
  } catch (error) {
    if (!["EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function holderOf(path: string): ProcessRef | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessRef;
  } catch {
    return undefined;
  }
}
