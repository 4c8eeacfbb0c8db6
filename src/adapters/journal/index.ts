import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Journal } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";
import { containerOf, isRecordOf, type MoveRecord, recordName } from "../../domain/move/journal.ts";
import { acquireLock } from "../../files/lock.ts";
import { isMissing, readText, smallFileBytes } from "../../files/read.ts";
import { replaceFile } from "../../files/replace.ts";
import { moveRecord } from "./record.ts";
import { whyUnwritten } from "../../files/unwritten.ts";

/**
 * A cluster's moves under way: one JSON file a move in `moves-CLUSTER/`, replaced atomically and fsynced. Clusters that
 * share a state folder must not settle each other's.
 */
export function openJournal(stateDir: string, cluster: string): Journal {
  const folder = join(stateDir, `moves-${cluster}`);
  const fileOf = (move: MoveRecord): string => join(folder, `${recordName(move)}.json`);
  const writing = async <T>(container: string, work: () => Promise<T>): Promise<T> => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await work();
    } catch (error) {
      if (error instanceof PictlError) throw error;
      throw new PictlError(
        "state-write-failed",
        `The journal of moves in ${folder} cannot be written: ${whyUnwritten(error)}.`,
        {
          container,
          hint: "Make room there, or set `state_dir` in the config to a folder that this user may write.",
          cause: error,
        },
      );
    }
  };
  return {
    write(record) {
      return writing(record.container, () =>
        replaceFile(fileOf(record), `${JSON.stringify(record)}\n`, { mode: 0o600, durable: true }),
      );
    },
    claim(container, waitMs) {
      const refusal = (holder: string): string => `${container} is being moved by ${holder}; nothing was done to it.`;
      return writing(container, () => acquireLock(join(folder, `${container}.lock`), waitMs, refusal));
    },
    async read(containers) {
      const names = await readdir(folder).catch(unlessMissing);
      const concerned = (name: string): boolean =>
        containers?.some((container) => isRecordOf(container, basename(name, ".json"))) ?? true;
      const records = await Promise.all(
        names.filter((name) => name.endsWith(".json") && concerned(name)).map((name) => readRecord(join(folder, name))),
      );
      return records.filter((record) => record !== undefined);
    },
    remove: (move) => writing(move.container, () => rm(fileOf(move), { force: true })),
  };
}

/** undefined for a record that another pictl has just removed. */
async function readRecord(path: string): Promise<MoveRecord | undefined> {
  try {
    return moveRecord(JSON.parse(await readText(path, { maxBytes: smallFileBytes, links: false })));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new PictlError("state-write-failed", `The journal file ${path} is not what pictl has written.`, {
      container: containerOf(basename(path, ".json")),
      hint: "See with `pictl status` that the container runs once, then remove the file.",
      cause: error,
    });
  }
}

function unlessMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw new PictlError("state-write-failed", `The journal of moves cannot be read: ${whyUnwritten(error)}.`, {
    hint: "Run pictl as the user who owns its state folder, or name another one in `state_dir`.",
    cause: error,
  });
}
