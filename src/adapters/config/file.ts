import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { PictlError } from "../../domain/errors.ts";

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
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { mode, uid, gid, size, ...stats } = await handle.stat().then((stats) => ({
        mode: stats.mode,
        uid: stats.uid,
        gid: stats.gid,
        size: stats.size,
        regular: stats.isFile(),
        folder: stats.isDirectory(),
      }));
      if (!stats.regular) throw invalid(path, stats.folder ? "is a folder" : "is not a regular file");
      if (size > maxBytes) throw invalid(path, `has ${size} bytes; a config may have ${maxBytes}`);
      const link = (await lstat(path)).isSymbolicLink();
      return { ...decode(path, await handle.readFile()), mode: mode & 0o7777, uid, gid, link };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof PictlError ? error : unreadable(path, error as NodeJS.ErrnoException);
  }
}

function decode(path: string, bytes: Buffer): { text: string; bom: boolean } {
  if (bytes.length > maxBytes) throw invalid(path, `has more than ${maxBytes} bytes`);
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
  const reason = error.code === "EACCES" ? "this user may not read it" : error.message;
  return new PictlError("config-invalid", `The config ${path} cannot be read: ${reason}.`, {
    hint: error.code === "EACCES" ? `Give yourself the right to read it, or use sudo.` : undefined,
    cause: error,
  });
}
