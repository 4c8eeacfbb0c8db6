import { PictlError } from "../../domain/errors.ts";
import type { Ports, SharedState, StateFile, VipRequests } from "../ports.ts";
import { record } from "../kit/record.ts";

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
  /** Tries once more to write what could not be written: what nothing changes again would else wait for ever. */
  catchUp(): Promise<void>;
}

export function openLasting(ports: Pick<Ports, "events" | "clock" | "actor">): Lasting {
  const failing = new Set<object>();
  const saves: (() => Promise<void>)[] = [];
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
  const kept = <State extends { save: () => Promise<void> }>(state: State): State => {
    saves.push(state.save);
    return state;
  };
  return {
    async catchUp() {
      for (const save of saves) await save();
    },
    file: (file) => kept(lastingFile(file, tried)),
    shared: (state) => kept(lastingShared(state, tried)),
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

type Saved<State> = State & { readonly save: () => Promise<void> };

function lastingFile<T>(file: StateFile<T>, tried: Tried): Saved<StateFile<T>> {
  let unsaved: { readonly value: T } | undefined;
  const write = async (mine: { readonly value: T }): Promise<void> => {
    unsaved = mine;
    if ((await tried(file, () => file.write(mine.value))) && unsaved === mine) unsaved = undefined;
  };
  return {
    read: async () => (unsaved ? unsaved.value : file.read()),
    write: (value) => write({ value }),
    isSaved: () => unsaved === undefined,
    async save() {
      if (unsaved) await write(unsaved);
    },
  };
}

function lastingShared<T>(state: SharedState<T>, tried: Tried): Saved<SharedState<T>> {
  let unsaved: { readonly value: T } | undefined;
  const update = async (change: (known: T | undefined) => T): Promise<T> => {
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
  };
  return {
    read: async () => (unsaved ? unsaved.value : state.read()),
    update,
    async save() {
      const { value } = unsaved ?? {};
      if (value !== undefined) await update((known) => known ?? value);
    },
  };
}
