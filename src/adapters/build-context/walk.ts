import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import type { Ignore } from "./ignore.ts";
import { contextProblem, reasonOf } from "./problem.ts";

/** One thing in a build context, as docker will see it. `mode`: its permission bits; `mtimeMs`: Unix time. */
export type TreeEntry = { readonly path: string; readonly mode: number; readonly mtimeMs: number } & (
  | { readonly kind: "directory" }
  | { readonly kind: "symlink"; readonly target: string }
  | {
      readonly kind: "file";
      readonly size: number;
      /** The same as long as the file is. */
      readonly stamp: string;
      /** Unix time in milliseconds of the last change of its data or of what is known of it. */
      readonly changedMs: number;
    }
);

/**
 * Everything in the folder that is not ignored, folders before what is in them, names in the order of their bytes.
 * Links are never followed. Throws build-context-invalid for what no context can hold and what cannot be read.
 */
export function* walk(folder: string, ignore: Ignore, signal: AbortSignal): Generator<TreeEntry> {
  yield* walkFolder({ folder, ignore, signal }, "");
}

interface Walk {
  readonly folder: string;
  readonly ignore: Ignore;
  readonly signal: AbortSignal;
}

function* walkFolder(context: Walk, parent: string): Generator<TreeEntry> {
  const { folder, ignore, signal } = context;
  for (const name of namesIn(folder, parent)) {
    if (signal.aborted) throw new PictlError("interrupted", "Interrupted while a build folder was read.");
    const path = parent === "" ? name : `${parent}/${name}`;
    const ignored = ignore.ignores(path);
    if (ignored && !ignore.hasExceptions) continue;
    const stats = statsOf(folder, path);
    if (stats.isDirectory()) {
      const entry: TreeEntry = { path, kind: "directory", ...commonOf(stats) };
      const within = walkFolder(context, path);
      if (ignored) yield* whenNeeded(entry, within);
      else {
        yield entry;
        yield* within;
      }
    } else if (!ignored) {
      yield leaf(folder, path, stats);
    }
  }
}

/** An ignored folder is there only for the sake of something in it. */
function* whenNeeded(folder: TreeEntry, within: Generator<TreeEntry>): Generator<TreeEntry> {
  let sent = false;
  for (const entry of within) {
    if (!sent) yield folder;
    sent = true;
    yield entry;
  }
}

function leaf(folder: string, path: string, stats: BigIntStats): TreeEntry {
  const common = { path, ...commonOf(stats) };
  if (stats.isSymbolicLink()) return { ...common, kind: "symlink", target: readlinkSync(join(folder, path)) };
  if (stats.isFile()) {
    const changedMs = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
    return { ...common, kind: "file", size: Number(stats.size), stamp: fileStamp(stats), changedMs };
  }
  throw contextProblem(
    { folder, path },
    `is ${kindOf(stats)}, which an image cannot hold`,
    "Move it out of the folder, or name it in .dockerignore.",
  );
}

/** What must stay the same for a file to be the one that was looked at. */
export function fileStamp(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ");
}

function commonOf(stats: BigIntStats): Pick<TreeEntry, "mode" | "mtimeMs"> {
  return { mode: Number(stats.mode) & 0o7777, mtimeMs: Number(stats.mtimeMs) };
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFIFO()) return "a fifo";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

function namesIn(folder: string, parent: string): string[] {
  const names = attempt(folder, parent, () => readdirSync(join(folder, parent), { encoding: "buffer" }));
  return names
    .sort((a, b) => a.compare(b))
    .map((bytes) => {
      const name = bytes.toString();
      if (Buffer.from(name).equals(bytes)) return name;
      const path = parent === "" ? name : `${parent}/${name}`;
      throw contextProblem({ folder, path }, "has a name that is not UTF-8", "Rename it.");
    });
}

function statsOf(folder: string, path: string): BigIntStats {
  return attempt(folder, path, () => lstatSync(join(folder, path), { bigint: true }));
}

function attempt<T>(folder: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const place = path === "" ? { folder } : { folder, path };
    throw contextProblem(
      place,
      `cannot be read (${reasonOf(error)})`,
      "Make it readable, or name it in .dockerignore.",
      error,
    );
  }
}
