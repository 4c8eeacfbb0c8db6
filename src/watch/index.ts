import { openBoard } from "./board.ts";
import { type Feeding, feed } from "./feed/index.ts";
import type { LiveSources } from "./feed/feed.ts";
import type { Live } from "./live.ts";
import type { LiveJob } from "./model.ts";
import { firstModel } from "./reduce/index.ts";

/** Somebody who reloads a page is away for a moment. */
const lingerMs = 5000;

/** Where jobs come from. */
export interface LiveJobs {
  current(): readonly LiveJob[];
  /** Returns what ends it. */
  subscribe(listener: () => void): () => void;
}

/** The live model of a cluster. Nothing is looked at before somebody subscribes. */
export function openLive(sources: LiveSources, { jobs }: { readonly jobs?: LiveJobs } = {}): Live {
  const { config, store, ports } = sources;
  const { clock } = ports;
  let feeding: Feeding | undefined;
  let ending: Promise<void> = Promise.resolve();
  let stopped = false;
  /** How often somebody was the first to come, or the last to leave. */
  let turns = 0;
  const end = (): void => {
    ending = Promise.all([ending, feeding?.stop()]).then(() => undefined);
    feeding = undefined;
  };
  const board = openBoard(clock, firstModel({ config, path: store.path, wishes: new Map() }, clock.now()), {
    onFirst() {
      turns += 1;
      if (!stopped) feeding ??= feed(sources, board);
    },
    onLast() {
      turns += 1;
      const turn = turns;
      void clock.sleep(lingerMs).then(() => {
        if (turn === turns) end();
      });
    },
  });
  const tellJobs = (): void => {
    board.tell({ kind: "jobs", jobs: jobs?.current() ?? [], atMs: clock.now() });
  };
  const ignoreJobs = jobs?.subscribe(tellJobs);
  return {
    current: () => board.current(),
    subscribe: (listener) => board.subscribe(listener),
    watch(interest) {
      const leave = board.watch(interest);
      feeding?.watchedOthers();
      return leave;
    },
    refresh: () => feeding?.refresh() ?? Promise.resolve(),
    async stop() {
      stopped = true;
      turns += 1;
      ignoreJobs?.();
      end();
      await ending;
    },
  };
}
