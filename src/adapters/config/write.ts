import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export interface FileAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Replaces a regular file so that a crash at any moment leaves the old or the new one whole: a temporary file in the
 * same folder (with the old one's mode and owner before it holds anything), fsync, the old one kept as `.bak`,
 * rename, fsync of the folder. A failure leaves no temporary file behind.
 */
export async function replaceFile(path: string, text: string, attributes: FileAttributes): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeDurably(temporary, text, attributes);
    await keepBackup(path);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  // The new file is in its place: where folders cannot be synced there is nothing to take back.
  await syncFolder(dirname(path)).catch(() => undefined);
}

async function writeDurably(path: string, text: string, { mode, uid, gid }: FileAttributes): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    const now = await handle.stat();
    if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid);
    await handle.chmod(mode);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The old file itself becomes `.bak` (a second name for it); where there are no hard links, a copy. */
async function keepBackup(path: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.bak`;
  try {
    await link(path, temporary).catch(() => copyFile(path, temporary, constants.COPYFILE_EXCL));
    await rename(temporary, `${path}.bak`);
  } finally {
    // rename does nothing when both names are of one file already, as after a crash between the two steps.
    await rm(temporary, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
