import { firstOf } from "../../abort.ts";
import type { Progress } from "../../app/ports.ts";
import { toFailure } from "../../domain/errors.ts";
import type { Board } from "../board.ts";
import { Bell } from "./bell.ts";
import { followConfig } from "./config.ts";
import { watchEvents } from "./events.ts";
import type { Feed, LiveSources } from "./feed.ts";
import { watchLocal } from "./local.ts";
import { openNodeWatches } from "./nodes.ts";
import { watchVips } from "./vips.ts";

export interface Feeding {
  /** Looks at everything now. Resolves when every node has told, or failed to. Never rejects. */
  refresh(): Promise<void>;
  /** Somebody watches other containers. */
  watchedOthers(): void;
  /** Resolves when nothing is looked at any more. Never rejects. */
  stop(): Promise<void>;
}

/** Begins to look at everything, each thing in a loop of its own, and tells the board. */
export function feed(sources: LiveSources, board: Board): Feeding {
  const { clock } = sources.ports;
  const stop = new AbortController();
  const { signal, dispose } = firstOf([sources.ports.signal, stop.signal]);
  const letGo = sources.use?.();
  const own: Feed = { board, ports: { ...sources.ports, signal, progress: silent } };
  const nodes = openNodeWatches(own);
  const [config, local, vips] = [new Bell(clock), new Bell(clock), new Bell(clock)];
  board.tell({ kind: "looking", atMs: clock.now() });
  nodes.follow(board.current().config.config);
  const loops = [
    () =>
      followConfig(own, sources, {
        bell: config,
        onConfig: (latest) => {
          nodes.follow(latest);
          local.ring();
          vips.ring();
        },
      }),
    () => watchLocal(own, sources, local),
    () => watchVips(own, sources, vips),
    () =>
      watchEvents(own, ({ type }) => {
        if (/^(?:vip|daemon)\./.test(type)) vips.ring();
        if (/^(?:daemon|heartbeat|failover|move|container)\./.test(type)) local.ring();
        if (type.startsWith("config.")) config.ring();
      }),
  ].map((loop) => again(own, loop, sources.ports.progress));
  return {
    async refresh() {
      for (const bell of [config, local, vips]) bell.ring();
      await nodes.refresh();
    },
    watchedOthers: () => {
      nodes.watchedOthers();
    },
    async stop() {
      stop.abort(new Error("nobody looks any more"));
      await Promise.all(loops);
      await nodes.ended();
      dispose();
      letGo?.();
    },
  };
}

const againMs = 5000;

/** A fault of ours in one loop leaves the others alone, is told, and ends nothing for good. Never rejects. */
async function again({ ports }: Feed, loop: () => Promise<never>, progress: Progress): Promise<void> {
  const { clock, signal } = ports;
  for (;;) {
    const error = await loop().catch((reason: unknown) => reason);
    if (signal.aborted) return;
    progress.warn(`What is shown may be old: ${toFailure(error).message}`);
    await clock.sleep(againMs, signal).catch(() => undefined);
  }
}

const nothing = (): void => undefined;
/** Who looks all the time shows no steps. */
const silent: Progress = {
  step: () => ({ update: nothing, done: nothing, fail: nothing }),
  look: () => ({ update: nothing, done: nothing, fail: nothing }),
  warn: nothing,
};
