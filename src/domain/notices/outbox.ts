import type { PictlEvent } from "../events/event.ts";
import { type Incidents, isNewsByItself, type Understood, understand } from "../events/incident.ts";

/** One thing to tell: that something began, that it is over, or that it happened. */
export interface OutboxEntry {
  /** What it is about, for what began and ends. */
  readonly cause?: string;
  readonly phase: "begins" | "ends" | "once";
  readonly event: PictlEvent;
  /** The containers that it is about beside the event's own. */
  readonly containers: readonly string[];
  /** RFC 3339; of what ends. */
  readonly since?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What was told to have begun, and what has to end before it is over. */
interface Open {
  readonly since: string;
  readonly event: PictlEvent;
  readonly containers: readonly string[];
  /** Subjects of incidents. */
  readonly waits: readonly string[];
  /** When its node was told to be back, RFC 3339, of what still failed then. */
  readonly backSince?: string;
}

/** What one receiver still has to get, and what it knows of. */
export interface Box {
  readonly pending: readonly OutboxEntry[];
  /** Being sent; in a state that was read they may have been. */
  readonly sending: readonly OutboxEntry[];
  /** Entries that found no room. */
  readonly dropped: number;
  readonly open: Readonly<Record<string, Open>>;
  readonly lastSentAt: number | null;
  readonly failures: number;
  readonly nextTryAt: number;
}

export interface Outbox {
  readonly incidents: Incidents;
  /** By receiver. */
  readonly boxes: Readonly<Record<string, Box>>;
}

export interface Subscription {
  readonly receiver: string;
  readonly wants: (event: PictlEvent) => boolean;
}

export const emptyBox: Box = {
  pending: [],
  sending: [],
  dropped: 0,
  open: {},
  lastSentAt: null,
  failures: 0,
  nextTryAt: 0,
};
export const emptyOutbox: Outbox = { incidents: {}, boxes: {} };

const maxPending = 200;
/** What is older is no news any more, when a receiver or a daemon comes back. */
export const newsMs = 24 * 3_600_000;

/** Takes in the next event of the log. */
export function post(outbox: Outbox, event: PictlEvent, subscriptions: readonly Subscription[], now: number): Outbox {
  const understood = understand(outbox.incidents, event);
  const boxes = Object.fromEntries(
    subscriptions.map((subscription) => {
      const box = outbox.boxes[subscription.receiver] ?? emptyBox;
      return [subscription.receiver, put(box, { event, understood, subscription, now })];
    }),
  );
  return { incidents: understood.incidents, boxes: { ...outbox.boxes, ...boxes } };
}

interface News {
  readonly event: PictlEvent;
  readonly understood: Understood;
  readonly subscription: Subscription;
  readonly now: number;
}

function put(before: Box, news: News): Box {
  const { event, understood, subscription, now } = news;
  // What is wrong with a receiver is told to the others.
  if (event.type.startsWith("notice.") && event.after === subscription.receiver) return before;
  let box = before;
  for (const { subject } of understood.ended) box = end(box, subject, news);
  if (understood.meaning === "begins" && understood.subject !== undefined) return begin(box, understood.subject, news);
  const { meaning } = understood;
  // An end that this receiver does not wait for, or not yet, may be news all the same: a container went over from a dead node.
  const isNews = meaning === "once" || (meaning === "ends" && isNewsByItself(event) && !isTold(box, event));
  return isNews && subscription.wants(event) ? add(box, { phase: "once", event, containers: [], at: now }) : box;
}

function isTold({ pending }: Box, event: PictlEvent): boolean {
  return pending.some((entry) => entry.event === event);
}

function begin(box: Box, subject: string, { event, understood, subscription, now }: News): Box {
  const { container, node } = event;
  const ofNode = `node ${String(node)}`;
  // Of a dead node its containers are no news by themselves.
  const isConsequence = event.type === "heartbeat.failed" && understood.incidents[ofNode] !== undefined;
  const cause = isConsequence ? ofNode : subject;
  const known = box.open[cause];
  const more = isConsequence && container !== undefined ? [container] : [];
  if (known) {
    const open = {
      ...known,
      containers: [...new Set([...known.containers, ...more])],
      waits: [...new Set([...known.waits, subject])],
    };
    const pending = box.pending.map((entry) =>
      entry.cause === cause && entry.phase === "begins" ? { ...entry, containers: open.containers } : entry,
    );
    const changed = !isConsequence && subscription.wants(event);
    const grown = { ...box, open: { ...box.open, [cause]: changed ? { ...open, event } : open }, pending };
    return changed ? add(grown, { cause, phase: "begins", event, containers: open.containers, at: now }) : grown;
  }
  if (!subscription.wants(event)) return box;
  const open: Open = { since: event.time, event, containers: more, waits: [subject] };
  return add(
    { ...box, open: { ...box.open, [cause]: open } },
    { cause, phase: "begins", event, containers: more, at: now },
  );
}

/** So long the containers of a node that is back may take to come back with it, whether its end has been sent yet or not. */
const comingBackMs = 60_000;

/**
 * A cause is over when its last subject is. When a node is back while checks there still fail, its end is told at once and
 * what still fails goes on by itself; it has an end of its own when that takes long.
 */
function end(box: Box, subject: string, { event, subscription, now }: News): Box {
  const found = Object.entries(box.open).find(([, { waits }]) => waits.includes(subject));
  if (!found) return box;
  const [cause, open] = found;
  const waits = open.waits.filter((each) => each !== subject);
  // Who is told that a container went elsewhere does not take it for well when its node is back.
  const isGone = event.type !== "heartbeat.recovered" && subscription.wants(event);
  const containers = isGone ? open.containers.filter((each) => each !== event.container) : open.containers;
  const others = Object.fromEntries(Object.entries(box.open).filter(([key]) => key !== cause));
  if (waits.length > 0 && subject !== cause)
    return { ...box, open: { ...others, [cause]: { ...open, containers, waits } } };
  const goOn = Object.fromEntries(
    waits.map((each): [string, Open] => [each, { ...open, containers: [], waits: [each], backSince: event.time }]),
  );
  const entry: OutboxEntry = { cause, phase: "ends", event, containers: open.containers, since: open.since, at: now };
  const left = { ...box, open: { ...others, ...goOn } };
  // A node that is back brings its containers back in a moment: that belongs to the same message.
  const joins = box.pending.some((each) => each.phase === "ends" && each.cause === `node ${String(event.node)}`);
  const hasJustComeBack =
    open.backSince !== undefined && Date.parse(event.time) - Date.parse(open.backSince) < comingBackMs;
  if ((joins || hasJustComeBack) && cause.startsWith("check ")) return left;
  // What was not told to have begun needs no word of it, but for how long it went on.
  const rest = { ...left, pending: box.pending.filter((each) => each.cause !== cause) };
  // It may end more than one thing, and is told once.
  return isTold(rest, event) ? rest : add(rest, entry);
}

function add(box: Box, entry: OutboxEntry): Box {
  const pending = [...box.pending, entry];
  const tooMany = pending.length - maxPending;
  return tooMany <= 0
    ? { ...box, pending }
    : { ...box, pending: pending.slice(tooMany), dropped: box.dropped + tooMany };
}

/** So long a message waits for what else comes of one cause. */
const gatherMs = 2000;

/** When the box wants to be sent next; undefined while there is nothing in it. */
export function dueAt(box: Box, everyMs: number): number | undefined {
  const first = box.pending[0];
  if (first === undefined) return undefined;
  const paced = box.lastSentAt === null ? 0 : box.lastSentAt + everyMs;
  return Math.max(first.at + gatherMs, paced, box.nextTryAt);
}

/** What is pending is being sent from now on; what comes meanwhile is for the next time. */
export function beginSending(box: Box): Box {
  return { ...box, pending: [], sending: [...box.sending, ...box.pending] };
}

export function sent(box: Box, now: number): Box {
  return { ...box, sending: [], dropped: 0, lastSentAt: now, failures: 0, nextTryAt: 0 };
}

const firstRetryMs = 2000;
const lastRetryMs = 5 * 60_000;

/** After a failed try: the next one is later each time; what is too old by then is given up. */
export function notSent(box: Box, now: number): Box {
  const failures = box.failures + 1;
  const all = [...box.sending, ...box.pending];
  const pending = all.filter((entry) => now - entry.at < newsMs).slice(-maxPending);
  const dropped = box.dropped + all.length - pending.length;
  const nextTryAt = now + Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs);
  return { ...box, pending, sending: [], dropped, failures, nextTryAt };
}
