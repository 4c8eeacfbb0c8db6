import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { SharedState, StateFile, VipReply, VipRequest, VipRequests } from "../../app/ports.ts";
import { PictlError } from "../../domain/errors.ts";

/**
 * One JSON file of the state folder, replaced atomically. Only a `durable` one is fsynced: elsewhere losing the last
 * seconds to a power cut costs a count, and an SD card does not like a write every few seconds. What has not changed is
 * not written.
 */
export function openStateFile<T>(path: string, { durable = false }: { readonly durable?: boolean } = {}): StateFile<T> {
  let written = "";
  return {
    async read() {
      try {
        return JSON.parse(await readFile(path, "utf8")) as T;
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    async write(value) {
      const text = `${JSON.stringify(value)}\n`;
      if (text === written) return;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, text, { mode: 0o600, fsync: durable });
        written = text;
      } catch (error) {
        throw new PictlError("state-write-failed", `${path} cannot be written: ${(error as Error).message}.`, {
          hint: "Make room there, or set `state_dir` in the config to a folder that this user may write.",
          cause: error,
        });
      }
    },
  };
}

/**
 * A durable state file. In this process it is changed by one at a time, each beginning with what the one before has made
 * of it; of two processes that change it in the same moment one may lose its change.
 */
export function openSharedState<T>(path: string): SharedState<T> {
  const file = openStateFile<T>(path, { durable: true });
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
export function openVipRequests(stateDir: string, cluster: string): VipRequests {
  const pathOf = (ip: string, what: "request" | "reply"): string => join(stateDir, `vip-${cluster}-${ip}.${what}.json`);
  return {
    leave: (ip, request) => openStateFile<VipRequest>(pathOf(ip, "request")).write(request),
    read: (ip) => openStateFile<VipRequest>(pathOf(ip, "request")).read(),
    withdraw: (ip) => rm(pathOf(ip, "request"), { force: true }),
    reply: (ip, reply) => openStateFile<VipReply>(pathOf(ip, "reply")).write(reply),
    readReply: (ip) => openStateFile<VipReply>(pathOf(ip, "reply")).read(),
  };
}
