import type { Placement } from "../config/types.ts";
import type { PastMove } from "../heartbeat/memory.ts";
import { JsonReader } from "../json-reader.ts";
import { type Command, script } from "../shell.ts";
import { nodesOf } from "./placed.ts";

/**
 * What a leader goes by, as the nodes that elect keep it for whoever leads next. Which containers belong where, and nothing
 * of how they are run: a node may be anybody's by now, and what it says is not run on others.
 */
export interface Shared {
  /** The leader's epoch. */
  readonly epoch: number;
  /** Grows with each time that he has it kept. */
  readonly count: number;
  /** By container, the nodes that the layout has it on, in an order of their own. */
  readonly layout: Readonly<Record<string, readonly string[]>>;
  /** The greatest generation given or seen. */
  readonly generation: number;
  /** Moves away from failing nodes; `at` is the wall clock in milliseconds. */
  readonly moves: readonly PastMove[];
}

type Layout = readonly Pick<Placement, "container" | "node">[];

export function layoutOf(placements: Layout): Shared["layout"] {
  const names = [...new Set(placements.map(({ container }) => container))].sort();
  return Object.fromEntries(names.map((name) => [name, nodesOf(placements, name)]));
}

/** The later one of what nodes keep; undefined where none of them keeps anything. */
export function newest(kept: readonly (Shared | undefined)[]): Shared | undefined {
  const order = ({ epoch, count }: Shared, than: Shared): number => epoch - than.epoch || count - than.count;
  return kept
    .flatMap((each) => each ?? [])
    .reduce<Shared | undefined>((best, each) => (best && order(best, each) >= 0 ? best : each), undefined);
}

/** How a layout differs from the one that is kept: `gone` is only in ours, `unknown` only in that. */
export interface Difference {
  readonly gone: readonly string[];
  readonly unknown: readonly string[];
}

/** undefined: they have the same containers. Where these are is told by `placed.ts`. */
export function difference(ours: Shared["layout"], kept: Shared["layout"]): Difference | undefined {
  const missing = (from: Shared["layout"], than: Shared["layout"]): readonly string[] =>
    Object.keys(than).filter((name) => !Object.hasOwn(from, name));
  const found = { gone: missing(kept, ours), unknown: missing(ours, kept) };
  return found.gone.length + found.unknown.length === 0 ? undefined : found;
}

const file = "f=/var/lib/pictl/$1/shared";
export const keepScript = `umask 077; ${file}; cat >"$f.new" && { sync "$f.new" 2>/dev/null || sync; } && mv "$f.new" "$f"`;
export const recallScript = `${file}; [ ! -e "$f" ] || cat "$f"`;

/** Reads stdin. */
export function keepCommand(cluster: string): Command {
  return script(keepScript, cluster);
}

export function recallCommand(cluster: string): Command {
  return script(recallScript, cluster);
}

/** More than a thousand containers take. */
export const maxSharedBytes = 1024 * 1024;

/** Reads what was kept; undefined for nothing, and for what is nothing of ours. */
export function parseShared(text: string): Shared | undefined {
  if (text.trim() === "") return undefined;
  try {
    const limits = { bytes: maxSharedBytes, elements: 0, pieceBytes: maxSharedBytes, pieceValues: 100_000 };
    const reader = new JsonReader(limits);
    reader.push(new TextEncoder().encode(text));
    return sharedOf(reader.end());
  } catch {
    return undefined;
  }
}

function sharedOf(value: unknown): Shared | undefined {
  if (!isRecord(value) || !isRecord(value["layout"])) return undefined;
  const { epoch, count, generation, moves, layout } = value;
  const areNodes = (each: unknown): each is string[] =>
    Array.isArray(each) && each.every((node) => typeof node === "string");
  if (!isNumber(epoch) || !isNumber(count) || !isNumber(generation) || !Array.isArray(moves)) return undefined;
  if (!Object.values(layout).every(areNodes)) return undefined;
  return { epoch, count, generation, layout: layout as Shared["layout"], moves: moves.filter(isMove) };
}

function isMove(value: unknown): value is PastMove {
  if (!isRecord(value)) return false;
  const { container, from, at, nodeDead, moved } = value;
  const words = typeof container === "string" && typeof from === "string";
  return words && isNumber(at) && typeof nodeDead === "boolean" && typeof moved === "boolean";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
