import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A file's text; undefined when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Adds whole lines in one write in append mode, so that neither ssh nor another pictl appending at the same moment
 * loses one. A new file is 0600, a new folder 0700.
 */
export async function appendLines(file: string, lines: readonly string[]): Promise<void> {
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
  const original = await open(path, "r");
  const { mode, uid, gid } = await original.stat();
  await original.close();
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(temporary, "wx", mode & 0o777);
    try {
      await handle.chmod(mode & 0o777);
      if (uid !== process.getuid?.()) await handle.chown(uid, gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
