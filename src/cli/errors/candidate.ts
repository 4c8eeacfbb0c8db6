import { access, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { PictlError } from "../../domain/errors.ts";

/** A config that is tried, in the place where it will stand, before it gets its name. */
export interface ConfigCandidate {
  readonly path: string;
  /** Gives it the name. Rejects with confirmation-missing when a file of that name came up meanwhile. */
  keep(): Promise<void>;
  /** Nothing is left of a candidate that was not kept. */
  remove(): Promise<void>;
}

/** Rejects with confirmation-missing when `output` is there. */
export async function refuseExisting(output: string): Promise<void> {
  if (await isThere(output)) throw existing(output);
}

/**
 * Writes the text beside `output`, readable by this user alone; `force` lets it take the place of a file that is
 * there. Rejects with config-write-failed.
 */
export async function openCandidate(output: string, text: string, force: boolean): Promise<ConfigCandidate> {
  const path = join(dirname(output), `.${basename(output, ".json")}.${process.pid}.new.json`);
  await orWriteFailed(output, async () => {
    await mkdir(dirname(output), { recursive: true });
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
  });
  return {
    path,
    // A link, unlike a rename, never takes the place of a file that is there.
    keep: () => orWriteFailed(output, () => (force ? rename(path, output) : link(path, output))),
    remove: () => rm(path, { force: true }),
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function orWriteFailed(output: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw existing(output);
    throw new PictlError("config-write-failed", `The config ${output} was not written: ${message}.`, {
      hint: "Name another place with `--output FILE`.",
      cause: error,
    });
  }
}

function existing(output: string): PictlError {
  return new PictlError("confirmation-missing", `There is a config ${output} already; it was left as it is.`, {
    hint: "Name another place with `--output FILE`, or put the new one in its place with `--force`.",
  });
}
