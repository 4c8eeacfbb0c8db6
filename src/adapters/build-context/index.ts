import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import * as z from "zod/mini";
import type { BuildContext, BuildContexts, Clock, SentContext, StateFile } from "../../app/ports.ts";
import { type Schema, schemaOf } from "../../files/schema.ts";
import { folderKey, openFileDigests, type SavedDigests } from "./digests.ts";

export { savedDigests } from "./digests.ts";
import { differenceOf } from "./difference.ts";
import { chunkBytes, fileData, type FileEntry } from "./file.ts";
import { readIgnore } from "./ignore.ts";
import { digestMode, umaskOf, usualUmask } from "./modes.ts";
import { contextProblem, reasonOf } from "./problem.ts";
import { tarOf } from "./tar.ts";
import { turns } from "./turns.ts";
import { type TreeEntry, walk } from "./walk.ts";

export interface BuildContextsOptions {
  /** Where to keep what is known of a folder's files; `key` is good as the name of a file. */
  readonly memory: (key: string) => StateFile<SavedDigests>;
  /** The same for what nodes have of a folder. */
  readonly sent: (key: string) => StateFile<SentContext>;
  readonly clock: Pick<Clock, "now">;
}

export const sentContext: Schema<SentContext> = schemaOf(
  z.object({
    id: z.string(),
    bytes: z.number(),
    pieces: z.array(z.tuple([z.string(), z.number(), z.number()])),
  }),
);

/**
 * Build folders as docker would see them. Their digests are the same on every machine and at any time for the same files;
 * what is sent has the times and modes that the files have, since web servers, zip and make look at them. Docker's
 * builders leave times out of what they compare with their cache, too.
 */
export function openBuildContexts(options: BuildContextsOptions): BuildContexts {
  return {
    sent: (folder, node) => options.sent(folderKey(`${folder} ${node}`)),
    open: async (folder, signal = new AbortController().signal) => {
      const root = await realFolder(folder);
      return root === undefined ? undefined : scan({ ...options, folder, root, signal });
    },
  };
}

interface Scan extends BuildContextsOptions {
  readonly folder: string;
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Only names, kinds and digests are in memory; data is read once here, unless it is known, and once for each tar. */
async function scan({ memory, clock, folder, root, signal }: Scan): Promise<BuildContext> {
  const digests = await openFileDigests(root, memory(folderKey(root)), clock.now());
  const ignore = await readIgnore(root);
  const umask = await umaskIn(root);
  const entries: TreeEntry[] = [];
  const hash = createHash("sha256");
  let files = 0;
  let bytes = 0;
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const turn = turns();
  const digestsByPath = new Map<string, string>();
  const digestOf = async (entry: FileEntry): Promise<string> => {
    const known = digests.known(entry);
    if (known !== undefined) {
      digestsByPath.set(entry.path, known);
      return known;
    }
    const data = createHash("sha256");
    for (const chunk of fileData(root, entry, { signal, buffer })) {
      data.update(chunk);
      await turn();
    }
    const digest = data.digest("hex");
    digests.add(entry, digest);
    digestsByPath.set(entry.path, digest);
    return digest;
  };
  for (const entry of walk(root, ignore, signal)) {
    await turn();
    entries.push(entry);
    if (entry.kind !== "file") {
      hash.update(line(entry, { umask, content: entry.kind === "symlink" ? entry.target : "" }));
      continue;
    }
    hash.update(line(entry, { umask, content: await digestOf(entry) }));
    files += 1;
    bytes += entry.size;
  }
  await checkDockerfile(root, entries);
  await digests.save();
  return {
    folder,
    digest: `sha256:${hash.digest("hex")}`,
    files,
    bytes,
    tar: (signal = new AbortController().signal) => tarOf(root, entries, signal),
    difference: (before) => differenceOf({ root, entries, digests: digestsByPath }, before),
  };
}

/** What docker would see of an entry, in one line. `content`: a file's digest, a link's target. */
function line({ kind, path, mode }: TreeEntry, { umask, content }: { umask: number; content: string }): string {
  return `${JSON.stringify([kind, path, kind === "symlink" ? 0o777 : digestMode(mode, umask), content])}\n`;
}

/** The umask of whoever made the folder, as its Dockerfile shows; whether there is one is seen later. */
async function umaskIn(root: string): Promise<number> {
  return stat(join(root, "Dockerfile")).then(
    ({ mode }) => umaskOf(mode),
    () => usualUmask,
  );
}

async function realFolder(folder: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw contextProblem({ folder }, `cannot be read (${reasonOf(error)})`, "Make it readable for this user.", error);
  }
  throw contextProblem({ folder }, "it is not a folder", expected);
}

/** A Dockerfile may be a link, but not to something that the node will not have. */
async function checkDockerfile(root: string, entries: readonly TreeEntry[]): Promise<void> {
  const found = entries.find((entry) => entry.path === "Dockerfile");
  if (!found)
    throw contextProblem({ folder: root }, entries.length === 0 ? "it is empty" : "it has no Dockerfile", expected);
  if (found.kind === "file") return;
  const place = { folder: root, path: "Dockerfile" };
  if (found.kind === "directory") throw contextProblem(place, "is a folder", expected);
  const target = await realpath(join(root, "Dockerfile")).catch(() => undefined);
  if (target?.startsWith(`${root}${sep}`) !== true)
    throw contextProblem(place, "is a link that leaves the folder", expected);
}

const expected =
  "Expected is a folder with a file named Dockerfile in it; everything in the folder is sent to `docker build`.";
