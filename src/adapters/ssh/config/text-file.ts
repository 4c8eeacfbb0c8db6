import { mkdir, open, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { readTextIfThere } from "../../../files/read.ts";
import { replaceFile } from "../../../files/replace.ts";

/** A list of the hosts of the world is some ten megabytes. */
const maxBytes = 64 * 1024 * 1024;

/** A file's text; undefined when there is no such file. /dev/null is empty, and a common way to say so. */
export async function readIfThere(file: string): Promise<string | undefined> {
  return file === "/dev/null" ? "" : readTextIfThere(file, { maxBytes });
}

/**
 * Adds whole lines in one write in append mode, so that neither ssh nor another pictl appending at the same moment
 * loses one. A new file is 0600, a new folder 0700.
 */
export async function appendToFile(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const gap = size > 0 && last.toString() !== "\n" ? "\n" : "";
    await handle.write(`${gap}${lines.join("\n")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces an existing file's text as a whole or not at all, keeping its mode, owner and the link that leads to it. */
export async function replaceText(file: string, text: string): Promise<void> {
  const path = await realpath(file);
  const { mode, uid, gid } = await stat(path);
  await replaceFile(path, text, { mode: mode & 0o777, owner: { uid, gid }, durable: true });
}
