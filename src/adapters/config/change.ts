import { lstat, open, realpath } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { ConfigEdit } from "../../app/ports.ts";
import { applyEdit } from "../../domain/config/document/apply-edit.ts";
import { ConfigInvalidError } from "../../domain/config/findings/problem.ts";
import type { RawConfig } from "../../domain/config/raw.ts";
import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { acquireLock } from "../../files/lock.ts";
import { replaceFile } from "../../files/replace.ts";
import { editText, SharedValue } from "./edit/index.ts";
import { readConfigFile, type ConfigFile } from "./file.ts";
import { loadConfig, placeInText, type Loaded, type LoadPlace } from "./load.ts";
import { parseConfigText } from "./parse.ts";
import type { StoreOptions } from "./options.ts";
import { quote } from "../../domain/shell.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

/** How long a writer waits for another one, milliseconds; a change takes a few. */
const lockWaitMs = 10_000;

const refusal = (holder: string): string => `The config is being changed by ${holder}; nothing was written.`;

/** `ConfigStore.change`. */
export async function changeConfig(
  path: string,
  edits: (config: Config, raw: RawConfig) => readonly ConfigEdit[],
  options: StoreOptions,
): Promise<void> {
  await rewrite(path, options, (file) => {
    const { config, raw } = loadConfig(file.text, placeInText(path, file, options));
    return editedText(path, file.text, edits(config, raw));
  });
}

/** `ConfigStore.preview`. */
export async function previewConfig(
  path: string,
  edits: readonly ConfigEdit[],
  options: StoreOptions,
): Promise<Config> {
  const file = await readConfigFile(path);
  return loadChanged(editedText(path, file.text, edits), placeInText(path, file, options)).config;
}

/** `EditableConfigStore.apply`: as a change, but what stands in the file need not be valid before. */
export async function applyToConfig(path: string, edits: readonly ConfigEdit[], options: StoreOptions): Promise<void> {
  await rewrite(path, options, ({ text }) => editedText(path, text, edits));
}

/** `EditableConfigStore.replace`. */
export async function replaceConfig(
  path: string,
  texts: { before: string; after: string },
  options: StoreOptions,
): Promise<void> {
  await rewrite(path, options, ({ text }) => {
    if (text !== texts.before) throw changedMeanwhile(path);
    return texts.after;
  });
}

function loadChanged(text: string, place: LoadPlace): Loaded {
  try {
    return loadConfig(text, place);
  } catch (error) {
    throw error instanceof ConfigInvalidError ? ConfigInvalidError.ofChange(place.path, error.problems) : error;
  }
}

/** The text with the edits made, or config-write-failed when it would not say what they make of the document. */
function editedText(path: string, text: string, edits: readonly ConfigEdit[]): string {
  const parsed = parseConfigText(text);
  if (!parsed.ok || edits.length === 0) return text;
  const plain = edits.map((edit) => (edit.op === "set" ? { ...edit, value: plainValue(edit.value) } : edit));
  try {
    const changed = plain.reduce(editText, text);
    const result = parseConfigText(changed);
    const wanted = plain.reduce(applyEdit, parsed.value);
    if (result.ok && isDeepStrictEqual(result.value, wanted)) return changed;
  } catch (error) {
    if (!(error instanceof SharedValue) && !parsed.shares) throw error;
  }
  throw parsed.shares ? valueIsShared(path) : notEditable(path);
}

/** What JSON makes of a value: no undefined entries, no classes. */
function plainValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/**
 * Under the lock: reads the file, lets `newText` make a new text of it, and writes that when it is a valid config.
 * The file's mode, owner, byte order mark and place (through symbolic links) stay.
 */
async function rewrite(path: string, options: StoreOptions, newText: (file: ConfigFile) => string): Promise<void> {
  const target = await orWriteFailed(path, realpath(path));
  const lock = await orWriteFailed(path, acquireLock(`${target}.lock`, options.lockWaitMs ?? lockWaitMs, refusal));
  try {
    for (const each of [target, `${target}.bak`]) await refuseMarked(path, each);
    const file = await readConfigFile(target);
    const text = newText(file);
    loadChanged(text, placeInText(path, file, options));
    if (text === file.text) return;
    if (!(await lock.isHeld())) throw lostLock(path);
    await orWriteFailed(
      path,
      replaceFile(target, (file.bom ? "\uFEFF" : "") + text, {
        mode: file.mode,
        owner: file,
        durable: true,
        backup: true,
      }),
    );
  } finally {
    await lock.release();
  }
}

/** A file with one of these marks cannot be replaced, whatever its folder allows; opening it for writing tells. */
async function refuseMarked(path: string, file: string): Promise<void> {
  try {
    await (await open(file, "r+")).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return;
    const message = `The config ${path} was not written: ${file} is marked as immutable or append-only.`;
    const hint = `\`lsattr ${quote(file)}\` shows the mark, \`chattr -i -a ${quote(file)}\` takes it away.`;
    throw new PictlError("config-write-failed", message, { hint, cause: error });
  }
}

async function orWriteFailed<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PictlError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT" && (await lstat(path).catch(() => undefined)) === undefined;
    if (missing) throw new PictlError("config-not-found", `There is no config ${path}.`, { cause: error });
    throw new PictlError("config-write-failed", `The config ${path} was not written: ${whyUnwritten(error)}.`, {
      hint: hints[code],
      cause: error,
    });
  }
}

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

function valueIsShared(path: string): PictlError {
  return new PictlError(
    "config-write-failed",
    `This change of ${path} would also change other places, which share the value by a YAML anchor (&name, *name).`,
    {
      hint: "Nothing was written; make the change with `pictl config edit`, for all places or with a value written out.",
    },
  );
}

function lostLock(path: string): PictlError {
  return new PictlError("lock-held", `Another process took over the lock of ${path}; nothing was written.`, {
    hint: "Try again.",
  });
}

function changedMeanwhile(path: string): PictlError {
  return new PictlError("config-write-failed", `The config ${path} was changed by somebody else in the meantime.`, {
    hint: "Nothing was written; make the change again.",
  });
}
