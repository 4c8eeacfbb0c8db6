import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** What a config, a key, a secret or a list of hosts may have; the largest that anybody needs have a few kilobytes. */
export const smallFileBytes = 1024 * 1024;

export interface ReadLimits {
  readonly maxBytes: number;
  /** Whether what lies at the path may be a symbolic link; default true. */
  readonly links?: boolean;
  /** Whether it may be a pipe (`<(command)`), which is read to its end; default false. */
  readonly pipes?: boolean;
}

/** Why a file was not read. `code`: as the system has it, or ENOTREG for what is neither file nor folder. */
export class UnreadFileError extends Error {
  override readonly name = "UnreadFileError";
  readonly code: "EISDIR" | "ELOOP" | "ENOTREG" | "EFBIG";

  constructor(code: UnreadFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A whole file, however large it says it is. Waits for nobody: what is neither a regular file nor a pipe that is
 * welcome is not opened (a device may never end, a fifo may have nobody at its other end). Rejects with UnreadFileError
 * and with what the system says; `whyUnread` has words for both.
 */
export async function readWhole(path: string, limits: ReadLimits): Promise<{ bytes: Buffer; stats: Stats }> {
  refuseOthers(await (limits.links === false ? lstat(path) : stat(path)), limits);
  const follow = limits.links === false ? constants.O_NOFOLLOW : 0;
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | follow;
  const handle = await open(path, flags);
  try {
    const stats = await handle.stat();
    refuseOthers(stats, limits);
    const chunks: Buffer[] = [];
    for (let size = 0; ;) {
      const buffer = Buffer.allocUnsafe(Math.min(Math.max(stats.size - size, 0), limits.maxBytes) + 4096);
      const bytesRead = await readSome(handle, buffer, stats.isFIFO());
      if (bytesRead === 0) return { bytes: Buffer.concat(chunks), stats };
      size += bytesRead;
      if (size > limits.maxBytes) throw tooLarge(limits);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** The same as text. What is not UTF-8 is replaced, or refused where `fatal` is set. */
export async function readText(path: string, limits: ReadLimits & { readonly fatal?: boolean }): Promise<string> {
  const { bytes } = await readWhole(path, limits);
  return new TextDecoder("utf-8", { fatal: limits.fatal ?? false, ignoreBOM: true }).decode(bytes);
}

/** The same; undefined when there is no such file. */
export async function readTextIfThere(path: string, limits: ReadLimits): Promise<string | undefined> {
  try {
    return await readText(path, limits);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Why a file was not read, as the end of a sentence that begins with its name. */
export function whyUnread(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return error instanceof UnreadFileError ? message : (reasons[code] ?? `cannot be read: ${message}`);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "may not be read by this user",
  ERR_ENCODING_INVALID_ENCODED_DATA: "is not text in UTF-8",
};

function refuseOthers(stats: Stats, limits: ReadLimits): void {
  if (stats.isDirectory()) throw new UnreadFileError("EISDIR", "is a folder");
  if (stats.isSymbolicLink()) throw new UnreadFileError("ELOOP", "is a symbolic link");
  if (stats.isFIFO() && limits.pipes === true) return;
  if (!stats.isFile()) throw new UnreadFileError("ENOTREG", `is not a regular file, but ${kindOf(stats)}`);
  if (stats.size > limits.maxBytes) throw tooLarge(limits);
}

function kindOf(stats: Stats): string {
  return stats.isFIFO() ? "a fifo" : stats.isSocket() ? "a socket" : "a device";
}

function tooLarge({ maxBytes }: ReadLimits): UnreadFileError {
  const size =
    maxBytes % smallFileBytes === 0 ? `${String(maxBytes / smallFileBytes)} MB` : `${String(maxBytes)} bytes`;
  return new UnreadFileError("EFBIG", `has more than ${size}`);
}

/** The next bytes; a pipe may have none yet, and is looked at again. Files of /proc may have none ever. */
async function readSome(handle: FileHandle, buffer: Buffer, isPipe: boolean): Promise<number> {
  for (;;) {
    try {
      return (await handle.read(buffer, 0, buffer.length, null)).bytesRead;
    } catch (error) {
      if (!isPipe || (error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await pause(pipePollMs);
    }
  }
}

const pipePollMs = 20;
