import { lstat, realpath } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { ConfigEdit } from "../../app/ports.ts";
import { applyEdit } from "../../domain/config/apply-edit.ts";
import { valueOf } from "../../domain/config/document.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { editText } from "./edit/index.ts";
import { readConfigFile, type ConfigFile } from "./file.ts";
import { loadConfig, placeOf, type Loaded } from "./load.ts";
import { acquireLock } from "./lock.ts";
import type { StoreOptions } from "./store.ts";
import { replaceFile } from "./write.ts";

/** How long a writer waits for another one, milliseconds; a change takes a few. */
const lockWaitMs = 10_000;

/** `ConfigStore.change`. */
export async function changeConfig(
  path: string,
  edits: (config: Config, raw: RawConfig) => readonly ConfigEdit[],
  options: StoreOptions,
): Promise<void> {
  await rewriteConfig(path, options, ({ text }, { config, raw, root }) => {
    const list = edits(config, raw);
    const changed = list.reduce(editText, text);
    const wanted = list.reduce(applyEdit, valueOf(root));
    return { text: changed, wanted };
  });
}

/** `ConfigStore.preview`. */
export async function previewConfig(
  path: string,
  edits: readonly ConfigEdit[],
  options: StoreOptions,
): Promise<Config> {
  const file = await readConfigFile(path);
  return loadConfig(edits.reduce(editText, file.text), placeOf(path, file.mode, options)).config;
}

/** What a rewrite makes of the text; `wanted` is what it must say, when that is known. */
export interface Rewritten {
  readonly text: string;
  readonly wanted?: unknown;
}

/**
 * Under the lock: reads the file, lets `rewrite` make a new text of it, and writes that when it is a valid config
 * that says what is wanted. The file's mode, owner, byte order mark and place (through symbolic links) stay.
 */
export async function rewriteConfig(
  path: string,
  options: StoreOptions,
  rewrite: (file: ConfigFile, loaded: Loaded) => Rewritten,
): Promise<void> {
  const target = await orWriteFailed(path, realpath(path));
  const lock = await orWriteFailed(path, acquireLock(`${target}.lock`, options.lockWaitMs ?? lockWaitMs));
  try {
    const file = await readConfigFile(target);
    const { text, wanted } = rewrite(file, loadConfig(file.text, placeOf(path, file.mode, options)));
    if (text === file.text) return;
    const result = loadConfig(text, placeOf(path, file.mode, options));
    if (wanted !== undefined && !isDeepStrictEqual(valueOf(result.root), wanted)) throw notEditable(path);
    if (!(await lock.isHeld())) throw lostLock(path);
    await orWriteFailed(path, replaceFile(target, (file.bom ? "\uFEFF" : "") + text, file));
  } finally {
    await lock.release();
  }
}

async function orWriteFailed<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PictlError) throw error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT" && (await lstat(path).catch(() => undefined)) === undefined;
    if (missing) throw new PictlError("config-not-found", `There is no config ${path}.`, { cause: error });
    throw new PictlError("config-write-failed", `The config ${path} was not written: ${reasons[code] ?? message}.`, {
      hint: hints[code],
      cause: error,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "this user's disk quota is used up",
  EROFS: "its file system is mounted read-only",
  EACCES: "this user may not write into its folder",
  EPERM: "this user may not write it, or may not keep its owner",
};

const hints: Readonly<Record<string, string>> = {
  ENOSPC: "Make room and try again; the config is as it was.",
  EDQUOT: "Make room and try again; the config is as it was.",
  EROFS: "Remount it, or use another config with --config.",
  EACCES: "Use sudo, or give yourself the right to write there: the new file is made beside the old one.",
  EPERM: "Use sudo, or own the file.",
};

function notEditable(path: string): PictlError {
  return new PictlError("config-write-failed", `The config ${path} is written in a way that pictl cannot change.`, {
    hint: "Nothing was written; make the change with `pictl config edit`.",
  });
}

function lostLock(path: string): PictlError {
  return new PictlError("lock-held", `Another process took over the lock of ${path}; nothing was written.`, {
    hint: "Try again.",
  });
}
