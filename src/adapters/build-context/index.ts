import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { BuildContext, BuildContexts } from "../../app/ports.ts";
import { chunkBytes, fileData } from "./file.ts";
import { readIgnore } from "./ignore.ts";
import { contextProblem, reasonOf } from "./problem.ts";
import { tarOf } from "./tar.ts";
import { turns } from "./turns.ts";
import { type Entry, walk } from "./walk.ts";

/** Build folders as docker would see them, the same on every machine and at any time for the same files. */
export function openBuildContexts(): BuildContexts {
  return {
    open: async (folder, signal = new AbortController().signal) => {
      const root = await realFolder(folder);
      return root === undefined ? undefined : scan(folder, root, signal);
    },
  };
}

/** Only names and kinds are kept in memory; the data is read once here and once for each tar. */
async function scan(folder: string, root: string, signal: AbortSignal): Promise<BuildContext> {
  const ignore = await readIgnore(root);
  const entries: Entry[] = [];
  const hash = createHash("sha256");
  let files = 0;
  let bytes = 0;
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const turn = turns();
  for (const entry of walk(root, ignore, signal)) {
    await turn();
    entries.push(entry);
    hash.update(described(entry));
    if (entry.kind !== "file") continue;
    for (const chunk of fileData(root, entry, { signal, buffer })) {
      hash.update(chunk);
      await turn();
    }
    files += 1;
    bytes += entry.size;
  }
  await checkDockerfile(root, entries);
  return {
    folder,
    digest: `sha256:${hash.digest("hex")}`,
    files,
    bytes,
    tar: (signal = new AbortController().signal) => tarOf(root, entries, signal),
  };
}

/** One line that no other entry has; a file's data follows it, as long as the line says. */
function described(entry: Entry): string {
  const detail = entry.kind === "file" ? entry.size : entry.kind === "symlink" ? entry.target : "";
  return `${JSON.stringify([entry.kind, entry.path, entry.mode, detail])}\n`;
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
async function checkDockerfile(root: string, entries: readonly Entry[]): Promise<void> {
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
