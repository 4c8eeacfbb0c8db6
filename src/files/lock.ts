import { randomBytes } from "node:crypto";
import { link, rm, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { PictlError } from "../domain/errors.ts";
import { bootId, startOf } from "./machine.ts";
import { readTextIfThere, UnreadFileError, whyUnread } from "./read.ts";

/**
 * A lock file, with the holder's name in it. Written by hand because the kernel's locks cannot be had from Node without
 * a compiler, and the lock packages decide by the file's age: one that was just left behind by a killed process would
 * keep everybody waiting, and none says who holds it. Here the holder's process is looked at: gone (or the machine
 * restarted since) means the lock is taken over at once.
 */
export interface Lock {
  /** Whether the lock is still ours; asked just before what it protects is done. */
  isHeld(): Promise<boolean>;
  /** Never rejects: a lock file that cannot be removed is no more than a process that has ended. */
  release(): Promise<void>;
}

export interface FileLockHolder {
  readonly pid: number;
  readonly host: string;
  /** RFC 3339, UTC. */
  readonly since: string;
}

interface Holder extends FileLockHolder {
  /** The process's start, in clock ticks since boot: a process id alone is used again. */
  readonly started: string;
  readonly boot: string;
  readonly nonce: string;
}

type Refusal = (holder: string) => string;

const waitHint = "Try again when it has ended; if it never does, end it.";

/**
 * Waits at most `waitMs` for the lock. Rejects with lock-held, in the words of `refusal`, or with what the file system
 * says.
 */
export async function acquireLock(path: string, waitMs: number, refusal: Refusal, hint = waitHint): Promise<Lock> {
  const mine = ourselves();
  const text = JSON.stringify(mine);
  const deadline = performance.now() + waitMs;
  for (;;) {
    if (await create(path, text)) return { isHeld: () => holds(path, text), release: () => release(path, text) };
    const current = await read(path);
    if (current === undefined) continue;
    if (isGone(current)) await removeStale(path, current, text);
    else if (performance.now() >= deadline) throw lockHeld(path, current, { refusal, hint });
    else await sleep(20 + Math.random() * 30);
  }
}

/** Who holds the lock, without trying to get it; undefined when nobody does, or a process that is gone. */
export async function lockHolder(path: string): Promise<FileLockHolder | undefined> {
  const text = await read(path);
  return text === undefined || isGone(text) ? undefined : parse(text);
}

/** Creates the file with its content in one step: a reader never sees it half written. */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o644 });
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    if (!noHardLinks.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return await createWithoutLinks(path, text);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** What file systems without hard links (FAT) answer. */
const noHardLinks: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP"]);

async function createWithoutLinks(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readTextIfThere(path, { maxBytes: 4096, links: false });
  } catch (error) {
    if (!(error instanceof UnreadFileError)) throw error;
    throw new PictlError("lock-held", `${path} should be a lock file and ${whyUnread(error)}: nothing was done.`, {
      hint: "See who made it, and remove it.",
    });
  }
}

async function holds(path: string, text: string): Promise<boolean> {
  return (await read(path)) === text;
}

async function release(path: string, text: string): Promise<void> {
  try {
    if (await holds(path, text)) await rm(path, { force: true });
  } catch {
    // Who comes next sees that this process is gone.
  }
}

/**
 * Removes a dead holder's lock, one process at a time: with several at once, one could take the lock away that another has
 * just made. Who died while it was his turn leaves that to the next.
 */
async function removeStale(path: string, stale: string, mine: string): Promise<void> {
  const turn = `${path}.stale`;
  if (await create(turn, mine)) {
    try {
      if ((await read(path)) === stale) await unlink(path);
    } finally {
      await release(turn, mine);
    }
    return;
  }
  const other = await read(turn);
  if (other !== undefined && isGone(other)) await rm(turn, { force: true });
  else await sleep(5);
}

function isGone(text: string): boolean {
  const holder = parse(text);
  if (holder === undefined || holder.host !== hostname()) return false;
  if (holder.boot !== "" && holder.boot !== bootId()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const started = startOf(holder.pid);
  return holder.started !== "" && started !== "" && started !== holder.started;
}

function lockHeld(path: string, text: string, { refusal, hint }: { refusal: Refusal; hint: string }): PictlError {
  const holder = parse(text);
  const who =
    holder === undefined ? "something else" : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  // One of this machine was just seen to live.
  const seen = holder?.host === hostname();
  return new PictlError("lock-held", refusal(who), {
    hint: seen ? hint : `${hint} If that process is no more, remove ${path}.`,
  });
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, ...words } = JSON.parse(text) as Partial<Holder>;
    const { host, since, started, boot, nonce } = words;
    const isText = [host, since, started, boot, nonce].every((word) => typeof word === "string");
    return Number.isSafeInteger(pid) && Number(pid) > 0 && isText ? (JSON.parse(text) as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function ourselves(): Holder {
  return {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    boot: bootId(),
    since: new Date().toISOString(),
    nonce: randomBytes(6).toString("hex"),
  };
}
