import type { PictlEvent } from "../../domain/events/event.ts";
import { keptEvents } from "../model.ts";
import { type Feed, spread } from "./feed.ts";

/** Events come in bunches. */
const gatherMs = 100;
/** After a log that could not be read. */
const againMs = 10_000;

/**
 * Tells the last events of the log, and then those to come; `onEvent` is called for those. Rejects when the signal aborts.
 */
export async function watchEvents(feed: Feed, onEvent: (event: PictlEvent) => void): Promise<never> {
  const { ports, board } = feed;
  const { clock, signal } = ports;
  for (let known: readonly PictlEvent[] = board.current().events; ;) {
    let bunch: PictlEvent[] = [];
    const past = { isRead: false };
    let telling = false;
    const tell = (): void => {
      telling = false;
      if (bunch.length === 0) return;
      board.tell({ kind: "events", events: past.isRead ? bunch : unknown(bunch, known), atMs: clock.now() });
      bunch = [];
    };
    try {
      const events = ports.events.read({
        follow: true,
        signal,
        onCaughtUp: () => {
          tell();
          past.isRead = true;
        },
      });
      for await (const event of events) {
        bunch.push(event);
        if (!past.isRead) {
          if (bunch.length >= 2 * keptEvents) bunch = bunch.slice(-keptEvents);
          continue;
        }
        onEvent(event);
        if (telling) continue;
        telling = true;
        void clock.sleep(gatherMs).then(tell);
      }
    } catch {
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
    known = board.current().events;
    await clock.sleep(spread(feed, againMs), signal);
  }
}

/** Those of the past that the model does not have from when somebody last looked. */
function unknown(past: readonly PictlEvent[], known: readonly PictlEvent[]): readonly PictlEvent[] {
  const last = known.at(-1);
  if (last === undefined) return past;
  const text = JSON.stringify(last);
  const at = past.findLastIndex((event) => JSON.stringify(event) === text);
  return at === -1 ? past : past.slice(at + 1);
}
