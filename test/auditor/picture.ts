/** A history as spans of time: when which copy was there and ran, who held the address, what was broken. Pure. */
import type { AddressChange, ConfigSeen, CopySeen, Entry, Mark } from "./history.ts";
import { type Interval, spans, union } from "./intervals.ts";

export interface Picture {
  readonly begin: number;
  readonly end: number;
  readonly copies: readonly Copy[];
  readonly configs: readonly ConfigSeen[];
  /** When each node had the virtual address, with whatever prefix length. */
  readonly holders: ReadonlyMap<string, readonly Interval[]>;
  readonly addresses: readonly AddressChange[];
  readonly marks: readonly Marked[];
  readonly entries: readonly Entry[];
}

/** One container on one node, from its creation to its removal. */
export interface Copy extends Omit<CopySeen, "running"> {
  readonly node: string;
  readonly exists: readonly Interval[];
  readonly runs: readonly Interval[];
}

/** A mark with its end; a point's is its beginning, an open one's the history's. */
export interface Marked extends Interval {
  readonly mark: Mark["mark"];
  readonly name: string;
  readonly nodes: readonly string[];
  readonly containers: readonly string[];
}

/** `entries` in the order of their stamps. */
export function pictureOf(entries: readonly Entry[]): Picture {
  const end = entries.at(-1)?.at ?? 0;
  return {
    begin: entries[0]?.at ?? 0,
    end,
    copies: copiesOf(entries, end),
    configs: entries.filter((entry) => entry.kind === "config"),
    holders: holdersOf(entries, end),
    addresses: entries.filter((entry) => entry.kind === "address"),
    marks: marksOf(entries, end),
    entries,
  };
}

/** When nothing could be done about any of these nodes, `controller` among them. */
export function blocked(picture: Picture, nodes: readonly string[]): Interval[] {
  return union(
    picture.marks.filter(({ mark, nodes: on }) => mark === "fault" && on.some((node) => nodes.includes(node))),
  );
}

/** An observer dates what it sees when it reads of it, which is a moment after it was done. */
const seenLaterMs = 100;

/** When a test itself changed something of this node (`config` for the config file). */
export function byHand(picture: Picture, node: string): Interval[] {
  const marks = picture.marks.filter(({ mark, nodes }) => mark === "by-hand" && nodes.includes(node));
  return union(marks.map(({ from, to }) => ({ from, to: to + seenLaterMs })));
}

interface CopyState extends Omit<CopySeen, "running"> {
  readonly node: string;
  readonly exists: { at: number; holds: boolean }[];
  readonly runs: { at: number; holds: boolean }[];
}

/**
 * Looks (the control groups, the disk) and the engine's events together: a look every 100 ms cannot be fooled by an
 * engine that is dead or hangs, an event has the better time and tells what came and went between two looks.
 */
function copiesOf(entries: readonly Entry[], end: number): Copy[] {
  const states = new Map<string, CopyState>();
  const on = (node: string): CopyState[] => [...states.values()].filter((state) => state.node === node);
  for (const entry of entries) {
    if (entry.kind === "copies") {
      for (const { running, ...seen } of entry.copies) {
        const key = `${entry.node} ${seen.id}`;
        const state = states.get(key) ?? { ...seen, node: entry.node, exists: [], runs: [] };
        state.exists.push({ at: entry.at, holds: true });
        state.runs.push({ at: entry.at, holds: running });
        states.set(key, { ...state, ...seen });
      }
      const gone = on(entry.node).filter((state) => !entry.copies.some(({ id }) => id === state.id));
      for (const state of gone) {
        state.exists.push({ at: entry.at, holds: false });
        state.runs.push({ at: entry.at, holds: false });
      }
    } else if (entry.kind === "docker" && entry.type === "container") {
      const state = states.get(`${entry.node} ${entry.id}`);
      if (entry.action === "start") state?.runs.push({ at: entry.at, holds: true });
      if (entry.action === "die") state?.runs.push({ at: entry.at, holds: false });
      if (entry.action === "destroy") state?.exists.push({ at: entry.at, holds: false });
    } else if (entry.kind === "power" && !entry.on) {
      for (const state of on(entry.node)) state.runs.push({ at: entry.at, holds: false });
    }
  }
  return [...states.values()].map((state) => ({
    ...state,
    exists: spans(state.exists, end),
    runs: spans(state.runs, end),
  }));
}

function holdersOf(entries: readonly Entry[], end: number): Map<string, Interval[]> {
  const changes = new Map<string, { at: number; holds: boolean }[]>();
  const held = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (entry.kind !== "holding" && entry.kind !== "address" && entry.kind !== "power") continue;
    const mine = held.get(entry.node) ?? new Set();
    held.set(entry.node, mine);
    if (entry.kind === "address") {
      mine.delete("seen");
      if (entry.change === "set") mine.add(entry.address);
      else mine.delete(entry.address);
    } else if (entry.kind === "power" ? !entry.on : !entry.holds) mine.clear();
    else if (entry.kind === "holding" && mine.size === 0) mine.add("seen");
    const list = changes.get(entry.node) ?? [];
    list.push({ at: entry.at, holds: mine.size > 0 });
    changes.set(entry.node, list);
  }
  return new Map([...changes].map(([node, list]) => [node, spans(list, end)]));
}

function marksOf(entries: readonly Entry[], end: number): Marked[] {
  const marks = entries.filter((entry) => entry.kind === "mark");
  const ends = marks.filter(({ phase }) => phase === "end");
  return marks
    .filter(({ phase }) => phase !== "end")
    .map(({ at, phase, mark, name, nodes = [], containers = [] }) => {
      const to = ends.find((other) => other.mark === mark && other.name === name && other.at >= at)?.at ?? end;
      return { mark, name, nodes, containers, from: at, to: phase === "point" ? at : to };
    });
}
