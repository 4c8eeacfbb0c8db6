import { PictlError } from "../domain/errors.ts";
import type { Ports, SharedState, StateFile, VipRequests } from "./ports.ts";
import { record } from "./record.ts";

/**
 * State for a process that must not end when its folder is full or read-only: what cannot be written is kept in memory,
 * told once (`state.unwritable`), and written as soon as that is possible again (`state.writable`).
 */
export interface Lasting {
  /** `write` never rejects with state-write-failed; `isSaved` tells whether it came to be. */
  file<T>(file: StateFile<T>): StateFile<T>;
  shared<T>(state: SharedState<T>): SharedState<T>;
  /** What cannot be told or read is left; nothing that the daemon's side does rejects with state-write-failed. */
  requests(requests: VipRequests): VipRequests;
}

export function openLasting(ports: Pick<Ports, "events" | "clock" | "actor">): Lasting {
  const failing = new Set<object>();
  /** Whether it was done; what else goes wrong is the caller's. */
  const tried = async (what: object, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof PictlError && error.code === "state-write-failed")) throw error;
      const first = failing.size === 0;
      failing.add(what);
      if (first) await record(ports, { type: "state.unwritable", error: `${error.message} ${consequences}` });
      return false;
    }
    if (failing.delete(what) && failing.size === 0) await record(ports, { type: "state.writable" });
    return true;
  };
  return {
    file: (file) => lastingFile(file, tried),
    shared: (state) => lastingShared(state, tried),
    requests: (requests) => ({
      ...requests,
      async read(ip) {
        let request: Awaited<ReturnType<VipRequests["read"]>>;
        await tried(requests, async () => {
          request = await requests.read(ip);
        });
        return request;
      },
      async withdraw(ip) {
        await tried(requests, () => requests.withdraw(ip));
      },
      async reply(ip, reply) {
        await tried(requests, () => requests.reply(ip, reply));
      },
    }),
  };
}

const consequences =
  "The daemon goes on from memory: it watches, repairs and keeps virtual IPs, but moves no container, which takes a journal.";

type Tried = (what: object, work: () => Promise<void>) => Promise<boolean>;

function lastingFile<T>(file: StateFile<T>, tried: Tried): StateFile<T> {
  let unsaved: { readonly value: T } | undefined;
  return {
    read: async () => (unsaved ? unsaved.value : file.read()),
    async write(value) {
      const mine = { value };
      unsaved = mine;
      if ((await tried(file, () => file.write(value))) && unsaved === mine) unsaved = undefined;
    },
    isSaved: () => unsaved === undefined,
  };
}

function lastingShared<T>(state: SharedState<T>, tried: Tried): SharedState<T> {
  let unsaved: { readonly value: T } | undefined;
  return {
    read: async () => (unsaved ? unsaved.value : state.read()),
    async update(change) {
      let mine: { readonly value: T } | undefined;
      const saved = await tried(state, async () => {
        await state.update((known) => {
          mine = { value: change(unsaved ? unsaved.value : known) };
          unsaved = mine;
          return mine.value;
        });
      });
      if (saved && unsaved === mine) unsaved = undefined;
      if (mine === undefined) throw new PictlError("state-write-failed", "What is remembered could not be read.");
      return mine.value;
    },
  };
}
