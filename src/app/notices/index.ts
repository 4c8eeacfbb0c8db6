import type { Config } from "../../domain/config/types.ts";
import {
  beginSending,
  type Box,
  dueAt,
  emptyBox,
  emptyOutbox,
  newsMs,
  type Outbox,
  post,
} from "../../domain/notices/outbox.ts";
import type { EventFeed, LogPosition, SavedNotices, StateFile } from "../ports.ts";
import { deliver, type NoticePorts } from "./deliver.ts";
import { type Subscriber, subscribers } from "./subscriptions.ts";

export interface Notifier {
  /** Takes in what has happened since the last turn and sends what is due. Rejects as the feed does, and with bugs. */
  turn(config: Config): Promise<void>;
  /** Resolves when nothing is being sent any more. */
  settled(): Promise<void>;
}

const batch = 500;

/** Tells receivers and hooks of what happens, from the event log: also of what commands have done and written there. */
export function openNotifier(
  ports: NoticePorts,
  { feed, state }: { readonly feed: EventFeed; readonly state: StateFile<SavedNotices> },
): Notifier {
  let position: LogPosition | undefined;
  let outbox: Outbox = emptyOutbox;
  let recalled = false;
  /** Receivers that are being sent to: one that hangs keeps no other waiting. */
  const sending = new Map<string, Promise<void>>();

  const recall = async (): Promise<void> => {
    const saved = await state.read();
    // What was before the first daemon with notices is no news.
    [position, outbox] = saved ? [saved.position, withUnsent(saved.outbox)] : [await feed.end(), emptyOutbox];
    recalled = true;
  };
  const put = (receiver: string, change: (box: Box) => Box): void => {
    const box = change(outbox.boxes[receiver] ?? emptyBox);
    outbox = { ...outbox, boxes: { ...outbox.boxes, [receiver]: box } };
  };
  const takeIn = async (all: readonly Subscriber[]): Promise<void> => {
    for (;;) {
      const { entries, next } = await feed.after(position, batch);
      const now = ports.clock.now();
      for (const { event } of entries) {
        if (now - Date.parse(event.time) < newsMs) outbox = post(outbox, event, all, now);
      }
      position = next;
      if (entries.length < batch) return;
    }
  };
  const send = (config: Config, subscriber: Subscriber): void => {
    const { receiver } = subscriber;
    const box = outbox.boxes[receiver];
    const everyMs = subscriber.kind === "notify" ? subscriber.row.everyMs : 0;
    const due = box && dueAt(box, everyMs);
    if (!box || due === undefined || due > ports.clock.now() || sending.has(receiver)) return;
    put(receiver, beginSending);
    const work = deliver(ports, { config, subscriber, box: beginSending(box) })
      .then((change) => {
        put(receiver, change);
      })
      .finally(() => sending.delete(receiver));
    sending.set(receiver, work);
  };
  const save = (): Promise<void> => state.write({ position, outbox });

  return {
    async turn(config) {
      if (!recalled) await recall();
      const all = subscribers(config);
      const known = new Set(all.map(({ receiver }) => receiver));
      await takeIn(all);
      const boxes = Object.entries(outbox.boxes).filter(([receiver]) => known.has(receiver));
      outbox = { ...outbox, boxes: Object.fromEntries(boxes) };
      for (const subscriber of all) send(config, subscriber);
      await save();
    },
    async settled() {
      await Promise.allSettled(sending.values());
      if (recalled) await save();
    },
  };
}

/** A process that was killed may have sent it or not: better twice than never. */
function withUnsent(outbox: Outbox): Outbox {
  const boxes = Object.entries(outbox.boxes).map(([receiver, box]): [string, Box] => [
    receiver,
    { ...box, pending: [...box.sending, ...box.pending], sending: [] },
  ]);
  return { ...outbox, boxes: Object.fromEntries(boxes) };
}
