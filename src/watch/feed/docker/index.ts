import { toFailure } from "../../../domain/errors.ts";
import { Bell } from "../bell.ts";
import type { NodeFeed } from "../feed.ts";
import { listenTo } from "./listen.ts";
import { openLooks } from "./looks.ts";
import { afterEvent, isPending, nothingPending, type Pending } from "./pending.ts";

/** Against drift, and for what tells no events. */
const wholeEveryMs = 30_000;
/** Events come in bunches: what they name is looked at together. */
const gatherMs = 100;
/** That there are too many events to follow makes us look at everything no more often than this. */
const floodEveryMs = 5000;
/** After a look that failed; longer after several. */
const againMs = 3000;
/** Nodes that were first looked at in one moment are not always. */
const spreadMs = 3000;

export interface DockerWatch {
  /** Resolves when everything has been looked at once more, or could not be. Never rejects. */
  refresh(): Promise<void>;
  /** Until the signal aborts; then it rejects with its reason. */
  run(): Promise<never>;
}

/** Keeps what the node's Docker has up to date. `onLost`: its stream of events broke off. */
export function watchDocker(feed: NodeFeed, onLost: () => void): DockerWatch {
  const { ports, board, node } = feed;
  const { clock, signal } = ports;
  const bell = new Bell(clock);
  const looks = openLooks(feed);
  let pending: Pending = nothingPending;
  let pendingAt = 0;
  let wholeAt = 0;
  let failures = 0;
  let asked: (() => void)[] = [];

  /** When the next look is due, on the clock that never goes back. The last one took `tookMs`, and ended at `endedAt`. */
  const due = ({ endedAt, tookMs }: { readonly endedAt: number; readonly tookMs: number }): number => {
    if (asked.length > 0) return 0;
    if (failures > 0) return endedAt + Math.min(againMs * 2 ** (failures - 1), wholeEveryMs);
    if (pending.all) return Math.max(pendingAt + gatherMs, wholeAt + floodEveryMs);
    // Whoever makes us look all the time gets half of our time.
    if (isPending(pending)) return Math.max(pendingAt + gatherMs, endedAt + tookMs);
    return wholeAt + wholeEveryMs;
  };
  const look = async (): Promise<void> => {
    const [what, waiting] = [pending, asked];
    [pending, asked] = [nothingPending, []];
    const afresh = failures > 0 || what.all || waiting.length > 0;
    try {
      if (afresh || !isPending(what)) {
        wholeAt = clock.monotonic() + ports.random() * spreadMs;
        await looks.atAll({ afresh });
      } else await looks.atChanged(what);
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      const failure = toFailure(error, { node: node.name });
      board.tell({ kind: "docker-lost", node: node.name, failure, atMs: clock.now() });
    } finally {
      for (const heard of waiting) heard();
    }
  };
  const keepLooking = async (): Promise<never> => {
    for (;;) {
      const begunAt = clock.monotonic();
      await look();
      const endedAt = clock.monotonic();
      const last = { endedAt, tookMs: endedAt - begunAt };
      for (let rest = due(last) - endedAt; rest > 0; rest = due(last) - clock.monotonic()) {
        await bell.wait(rest, signal);
        signal.throwIfAborted();
      }
    }
  };
  const note = (next: Pending): void => {
    if (isPending(pending) && pending.all === next.all) pending = next;
    else if (isPending(next)) {
      [pending, pendingAt] = [next, clock.monotonic()];
      bell.ring();
    }
  };
  const hearing = (): Promise<never> =>
    listenTo(feed, {
      onOpen: () => {
        note({ ...pending, all: true });
        // What happened while nobody listened is not waited for.
        wholeAt = -Infinity;
      },
      onEvent: (event) => {
        note(afterEvent(pending, event, looks.nameOf));
      },
      onLost,
    });
  return {
    refresh: () =>
      new Promise((resolve) => {
        asked.push(resolve);
        bell.ring();
      }),
    async run() {
      try {
        return await Promise.race([keepLooking(), hearing()]);
      } finally {
        for (const heard of asked) heard();
      }
    },
  };
}
