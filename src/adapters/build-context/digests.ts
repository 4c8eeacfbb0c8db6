import { createHash } from "node:crypto";
import * as z from "zod/mini";
import type { StateFile } from "../../app/ports.ts";
import { type Schema, schemaOf } from "../../files/schema.ts";
import type { FileEntry } from "./file.ts";

/** What is kept of a folder from one build to the next. */
export interface SavedDigests {
  readonly folder: string;
  readonly files: readonly (readonly [path: string, stamp: string, digest: string])[];
}

export const savedDigests: Schema<SavedDigests> = schemaOf(
  z.object({ folder: z.string(), files: z.array(z.tuple([z.string(), z.string(), z.string()])) }),
);

export interface FileDigests {
  /** SHA-256 of the file's data in hexadecimal, when the file is still the one that was read then. */
  known(entry: FileEntry): string | undefined;
  add(entry: FileEntry, digest: string): void;
  /** Keeps what was known or added since the folder was opened, and forgets the rest. */
  save(): Promise<void>;
}

/**
 * The digests of a folder's files, so that only those are read that have changed, as git's index does it. `now`: Unix
 * time in milliseconds, taken before anything of the folder is looked at.
 *
 * A file that changed just before `now` is not kept: it may change once more within the grain of the file system's clock
 * and look the same (https://git-scm.com/docs/racy-git).
 */
export async function openFileDigests(
  folder: string,
  file: StateFile<SavedDigests>,
  now: number,
): Promise<FileDigests> {
  const saved = await file.read().catch(() => undefined);
  const before = new Map(saved?.folder === folder ? saved.files.map((each) => [each[0], each]) : []);
  const seen: SavedDigests["files"][number][] = [];
  let added = false;
  return {
    known(entry) {
      const found = before.get(entry.path);
      if (found?.[1] !== entry.stamp) return undefined;
      seen.push(found);
      return found[2];
    },
    add(entry, digest) {
      if (entry.changedMs + settledMs > now) return;
      added = true;
      seen.push([entry.path, entry.stamp, digest]);
    },
    async save() {
      if (!added && seen.length === before.size) return;
      // Without it the next build reads the files again, which is no reason to let this one fail.
      await file.write({ folder, files: seen }).catch(() => undefined);
    },
  };
}

/** The coarsest clock of a file system that Linux writes to is FAT's, with two seconds. */
const settledMs = 3000;

/** For the name of a folder's state file. */
export function folderKey(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 16);
}
