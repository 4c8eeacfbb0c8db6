import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { copyFile, link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export interface Replacement {
  readonly mode: number;
  /** Default: this user's. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Whether it is on the disk when it is there: a power cut leaves the old or the new one, and not an empty one. */
  readonly durable: boolean;
  /** Whether the old file is kept as `PATH.bak`; it must be there then. */
  readonly backup?: boolean;
}

/**
 * Replaces a file so that a crash of this process at any moment leaves the old or the new one whole: a temporary file
 * in the same folder (with its mode and owner before it holds anything), then rename. A link that lies at the path is
 * replaced and not followed. A failure leaves no temporary file behind, and rejects with what the system says. A `text` may
 * tell of the very file that it is written to.
 */
export async function replaceFile(
  path: string,
  text: string | ((stats: Stats) => string),
  how: Replacement,
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeNew(temporary, text, how);
    if (how.backup === true) await keepBackup(path);
    await rename(temporary, path);
  } catch (error) {
    // What ends it first is told: on a file system that is read-only this fails, too.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  // The new file is in its place: where folders cannot be synced there is nothing to take back.
  if (how.durable) await syncFolder(dirname(path)).catch(() => undefined);
}

async function writeNew(
  path: string,
  text: string | ((stats: Stats) => string),
  { mode, owner, durable }: Replacement,
): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    const now = await handle.stat();
    if (owner && (now.uid !== owner.uid || now.gid !== owner.gid)) await handle.chown(owner.uid, owner.gid);
    await handle.chmod(mode);
    await handle.writeFile(typeof text === "string" ? text : text(now));
    if (durable) await handle.sync();
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
