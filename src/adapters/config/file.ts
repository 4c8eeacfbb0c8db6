import { lstat, stat } from "node:fs/promises";
import { PictlError } from "../../domain/errors.ts";
import { readWhole, UnreadFileError, whyUnread } from "../../files/read.ts";

/** Five times what a thousand nodes need; one full of mistakes is still told within a second. */
const maxBytes = 1024 * 1024;

export interface ConfigFile {
  /** Without a byte order mark. */
  readonly text: string;
  readonly bom: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The path is a symbolic link to it. */
  readonly link: boolean;
}

/** Reads a config file. Throws config-not-found or config-invalid when it is not there, not a file, or not text. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    const { bytes, stats } = await readWhole(path, { maxBytes });
    const { mode, uid, gid } = stats;
    const link = (await lstat(path)).isSymbolicLink();
    return { ...decode(path, bytes), mode: mode & 0o7777, uid, gid, link };
  } catch (error) {
    throw error instanceof PictlError ? error : unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** `ConfigStore.stamp` */
export async function configStamp(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}

function decode(path: string, bytes: Buffer): { text: string; bom: boolean } {
  const start = bytes.subarray(0, 2).toString("hex");
  if (start === "fffe" || start === "feff") throw invalid(path, "is UTF-16; save it as UTF-8");
  if (bytes.includes(0)) throw invalid(path, `is not text: byte ${bytes.indexOf(0) + 1} is NUL`);
  const bom = bytes.subarray(0, 3).toString("hex") === "efbbbf";
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), bom };
  } catch {
    throw invalid(path, "is not text in UTF-8");
  }
}

function invalid(path: string, what: string): PictlError {
  return new PictlError("config-invalid", `The config ${path} ${what}; expected a JSON or YAML file in UTF-8.`, {
    hint: "Name the right file with --config or PICLUSTER_CONFIG.",
  });
}

function unreadable(path: string, error: NodeJS.ErrnoException): PictlError {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    return new PictlError("config-not-found", `There is no config ${path}.`, { cause: error });
  }
  if (error instanceof UnreadFileError) return invalid(path, whyUnread(error));
  const reason = error.code === "EACCES" ? "this user may not read it" : error.message;
  return new PictlError("config-invalid", `The config ${path} cannot be read: ${reason}.`, {
    hint: error.code === "EACCES" ? `Give yourself the right to read it, or use sudo.` : undefined,
    cause: error,
  });
}
