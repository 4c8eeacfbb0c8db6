/** Numbers out of a history: how long something was away, how fast it came back, what a process used. Pure. */
import type { Entry, Usage } from "./history.ts";
import { type Interval, overlaps, subtract, total, union } from "./intervals.ts";
import type { Picture } from "./picture.ts";

export interface Outage extends Interval {
  readonly durationMs: number;
  /** Who answered last before, and first after; null: nobody did. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Milliseconds between two questions of the client; answers may be that far apart without anything missing. */
const ASKED_EVERY_MS = 250;

/**
 * What the client of the virtual address saw: spans without an answer. An answer counts when it came, since one that
 * was long under way tells that the service was away when it was asked for. `durationMs` is the time that an answer
 * was overdue; shorter ones than half a question's distance are no outages.
 */
export function outages(picture: Picture): Outage[] {
  const answers = picture.entries
    .flatMap((entry) => (entry.kind === "probe" && entry.ok ? [{ at: entry.at + entry.tookMs, by: entry.by }] : []))
    .sort((a, b) => a.at - b.at);
  const [first] = answers;
  if (first === undefined) return [];
  const ends = [...answers.slice(1), { at: picture.end, by: null }];
  return ends.flatMap(({ at, by }, index) => {
    const { at: from, by: before } = answers[index] ?? first;
    const durationMs = at - from - ASKED_EVERY_MS;
    return durationMs < ASKED_EVERY_MS / 2 ? [] : [{ from, to: at, durationMs, before, after: by }];
  });
}

/** When no copy of a container ran, from its first run on. */
export function downtimes(picture: Picture, container: string): Interval[] {
  const runs = union(picture.copies.filter((copy) => copy.container === container).flatMap((copy) => copy.runs));
  const [first] = runs;
  return first === undefined ? [] : subtract([{ from: first.from, to: picture.end }], runs);
}

/** Milliseconds in which at least two copies of a container ran, whatever was broken meanwhile. */
export function doubledMs(picture: Picture, container: string): number {
  const copies = picture.copies.filter((copy) => copy.container === container);
  return total(
    overlaps(
      copies.map(({ runs }) => runs),
      2,
    ),
  );
}

/** When no node had the virtual address, from its first holder on. */
export function unheld(picture: Picture): Interval[] {
  const held = union([...picture.holders.values()].flat());
  const [first] = held;
  return first === undefined ? [] : subtract([{ from: first.from, to: picture.end }], held);
}

/** From `at` until another node than `node` got the virtual address; undefined when none did. */
export function takeoverMs(picture: Picture, at: number, node: string): number | undefined {
  const others = [...picture.holders].filter(([name]) => name !== node).flatMap(([, spans]) => spans);
  const next = others.filter(({ from }) => from >= at).sort((a, b) => a.from - b.from)[0];
  return next === undefined ? undefined : next.from - at;
}

export interface Growth {
  readonly rssBytes: number;
  readonly descriptors: number;
  readonly sockets: number;
}

/** The median of the last third less that of the first, of what a process used. Throws without three samples. */
export function growth(entries: readonly Entry[], pid: number): Growth {
  const samples = entries.filter((entry): entry is Usage => entry.kind === "usage" && entry.pid === pid);
  const third = Math.floor(samples.length / 3);
  if (third === 0) throw new Error(`there are ${samples.length} samples of process ${pid}, too few to compare`);
  const grown = (key: keyof Growth): number =>
    median(samples.slice(-third).map((sample) => sample[key])) -
    median(samples.slice(0, third).map((sample) => sample[key]));
  return { rssBytes: grown("rssBytes"), descriptors: grown("descriptors"), sockets: grown("sockets") };
}

/** The value below which `share` (0 to 1) of the others are; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const rising = [...values].sort((a, b) => a - b);
  return rising[Math.min(rising.length - 1, Math.ceil(share * rising.length) - 1)] ?? 0;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
