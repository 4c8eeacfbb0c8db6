import type { Stats } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SharedState, StateFile, VipRequests } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import { isMissing, readWhole, UnreadFileError, whyUnread } from "../../files/read.ts";
import { replaceFile } from "../../files/replace.ts";
import type { Schema } from "../../files/schema.ts";
import { vipReply, vipRequest } from "./schemas.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

export * from "./schemas.ts";

/** More than any state needs; the digests of a folder with a hundred thousand files take some 15 MB. */
const maxBytes = 64 * 1024 * 1024;

export interface StateFileOptions<T> {
  /** fsynced. Elsewhere losing the last seconds to a power cut costs a count, and an SD card does not like it. */
  readonly durable?: boolean;
  /** Told of a file that is not what it should be. */
  readonly warn: (message: string) => void;
  /** What one is worth that was copied to where it is, as from a backup, and not written there. Default: the same. */
  readonly copied?: (value: T) => T;
}

/**
 * One JSON file of the state folder, replaced atomically; what has not changed is not written. One that is something
 * else than it should be (cut short, edited by hand, a folder or a link in its place) is set aside as `PATH.damaged`,
 * told, and counts as never written.
 */
export function openStateFile<T>(path: string, schema: Schema<T>, options: StateFileOptions<T>): StateFile<T> {
  const { copied } = options;
  let written = "";
  return {
    async read() {
      try {
        const { bytes, stats } = await readWhole(path, { maxBytes, links: false });
        const json: unknown = JSON.parse(bytes.toString("utf8"));
        const value = schema(json);
        return copied && isCopy(json, stats) ? copied(value) : value;
      } catch (error) {
        if (isMissing(error)) return undefined;
        const why = whyDamaged(error);
        if (why === undefined) throw unreadable(path, error);
        await setAside(path, why, options.warn);
        return undefined;
      }
    },
    async write(value) {
      const text = `${JSON.stringify(value)}\n`;
      if (text === written) return;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const marked = (stats: Stats): string =>
          `${JSON.stringify(Object.assign({}, value, { file: markOf(stats) }))}\n`;
        await replaceFile(path, copied ? marked : text, { mode: 0o600, durable: options.durable ?? false });
        written = text;
      } catch (error) {
        written = "";
        throw unwritable(path, error);
      }
    },
  };
}

/** What a file is known by for as long as it is there, and no copy of it is. */
function markOf({ ino, birthtimeMs }: Stats): string {
  return `${String(ino)} ${String(birthtimeMs)}`;
}

/** A pictl of before left no mark. */
function isCopy(json: unknown, stats: Stats): boolean {
  const { file } = json as { readonly file?: unknown };
  return file !== undefined && file !== markOf(stats);
}

/** Why a state file is of no use, as the end of a sentence; undefined where it may be as it should be. */
function whyDamaged(error: unknown): string | undefined {
  if (error instanceof UnreadFileError) return whyUnread(error);
  if (error instanceof SyntaxError) return "is not whole JSON";
  return error instanceof TypeError ? "is not what pictl has written" : undefined;
}

async function setAside(path: string, why: string, warn: (message: string) => void): Promise<void> {
  const aside = `${path}.damaged`;
  const moved = await rm(aside, { recursive: true, force: true })
    .then(() => rename(path, aside))
    .then(
      () => `it is ${aside} now`,
      (error: unknown) => `and it cannot be set aside: ${whyUnwritten(error)}`,
    );
  warn(`The state file ${path} ${why}; what was remembered in it is lost, ${moved}.`);
}

function unreadable(path: string, error: unknown): PictlError {
  return new PictlError("state-write-failed", `The state file ${path} ${whyUnread(error)}.`, {
    hint: "Run pictl as the user who owns its state folder, or name another one in `state_dir`.",
    cause: error,
  });
}

/** For whatever cannot be written in the state folder. */
export function unwritable(path: string, error: unknown): PictlError {
  return new PictlError("state-write-failed", `${path} cannot be written: ${whyUnwritten(error)}.`, {
    hint: "Make room there, or set `state_dir` in the config to a folder that this user may write.",
    cause: error,
  });
}

/**
 * A durable state file. In this process it is changed by one at a time, each beginning with what the one before has made
 * of it; of two processes that change it in the same moment one may lose its change.
 */
export function openSharedState<T>(path: string, schema: Schema<T>, options: StateFileOptions<T>): SharedState<T> {
  const file = openStateFile(path, schema, { ...options, durable: true });
  let before: Promise<unknown> = Promise.resolve();
  return {
    read: () => file.read(),
    update(change) {
      const mine = before.then(async () => {
        const known = await file.read();
        const value = change(known);
        if (value !== known) await file.write(value);
        return value;
      });
      before = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Two files an address: what is asked, and how far it is. */
export function openVipRequests(
  { stateDir, cluster }: { readonly stateDir: string; readonly cluster: string },
  options: Pick<StateFileOptions<unknown>, "warn">,
): VipRequests {
  const pathOf = (ip: string, what: "request" | "reply"): string => join(stateDir, `vip-${cluster}-${ip}.${what}.json`);
  const request = (ip: string) => openStateFile(pathOf(ip, "request"), vipRequest, options);
  const reply = (ip: string) => openStateFile(pathOf(ip, "reply"), vipReply, options);
  return {
    leave: (ip, what) => request(ip).write(what),
    read: (ip) => request(ip).read(),
    withdraw: (ip) =>
      rm(pathOf(ip, "request"), { force: true }).catch((error: unknown) => {
        throw unwritable(pathOf(ip, "request"), error);
      }),
    reply: (ip, what) => reply(ip).write(what),
    readReply: (ip) => reply(ip).read(),
  };
}
