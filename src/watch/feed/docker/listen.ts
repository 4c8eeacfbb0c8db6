import { toFailure } from "../../../domain/errors.ts";
import type { EngineEvent } from "../../../domain/docker/facts.ts";
import { type NodeFeed, spread } from "../feed.ts";

/** After a stream that broke off, and twice as long after each that did so at once. */
const againMs = 1000;
const longestAgainMs = 30_000;
/** A stream that lasted so long was none that breaks off at once. */
const lastedMs = 10_000;
/** From one node, no more events are taken in a second than ten times this: the others wait in Docker. */
const burst = 200;
const burstMs = 100;

export interface Ears {
  /** Events are told from now on; what happened before may be missing. */
  readonly onOpen: () => void;
  readonly onEvent: (event: EngineEvent) => void;
  /** They were, and are no longer. */
  readonly onLost: () => void;
}

/** Hears the events of a node's Docker, again and again from where they were left. Rejects when the signal aborts. */
export async function listenTo(feed: NodeFeed, ears: Ears): Promise<never> {
  const { ports, board, node } = feed;
  const { clock, signal } = ports;
  const tell = (hears: boolean): void => {
    board.tell({ kind: "docker-hears", node: node.name, hears, atMs: clock.now() });
  };
  let since: string | undefined;
  for (let pauseMs = againMs; ;) {
    let openedAt: number | undefined;
    try {
      const engine = await ports.engines.on(node, signal);
      const events = await engine.events({ since, signal });
      openedAt = clock.monotonic();
      tell(true);
      ears.onOpen();
      let taken = 0;
      for await (const event of events) {
        since = event.at ?? since;
        ears.onEvent(event);
        taken += 1;
        if (taken % burst === 0) await clock.sleep(burstMs, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      // A Docker that has no events, or a proxy that lets none through, is looked at again and again all the same.
      if (toFailure(error).code === "internal") throw error;
    }
    tell(false);
    if (openedAt !== undefined) ears.onLost();
    const lasted = openedAt !== undefined && clock.monotonic() - openedAt >= lastedMs;
    await clock.sleep(spread(feed, lasted ? againMs : pauseMs), signal);
    pauseMs = lasted ? againMs : Math.min(2 * pauseMs, longestAgainMs);
  }
}
