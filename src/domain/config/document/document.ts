import type { ConfigPath } from "./path.ts";

/** A config as it stands in its file: values with the places they were read from (offsets into the text). */
export type SourceNode = SourceMap | SourceList | SourceScalar;

interface Span {
  /** Offset of the first character, quotes and brackets included. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** It is written as `*name` here: what is inside stands where the anchor `&name` is. */
  readonly alias?: string;
}

export interface SourceMap extends Span {
  readonly kind: "map";
  readonly style: "flow" | "block";
  readonly entries: readonly SourceEntry[];
  /** What `<<` brings in, where keys of its own do not say otherwise; the first one with a key counts. */
  readonly merged?: readonly SourceMap[];
}

export interface SourceList extends Span {
  readonly kind: "list";
  readonly style: "flow" | "block";
  readonly items: readonly SourceNode[];
  /** Offset of each item's dash, in block style. */
  readonly dashes: readonly number[];
}

export interface SourceScalar extends Span {
  readonly kind: "scalar";
  readonly style: "plain" | "single" | "double" | "literal" | "folded";
  readonly value: string | number | boolean | null;
}

export interface SourceEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly keyStyle: SourceScalar["style"];
  /** Offset after the colon. */
  readonly afterColon: number;
  readonly value: SourceNode;
  /** It is a `<<`, which is no key but brings others in. */
  readonly merge?: true;
}

/** Keys that JavaScript gives a meaning of their own; no config has a use for them. */
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The value without its places. Forbidden keys are left out; of a repeated key the last one counts. */
export function valueOf(node: SourceNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(valueOf);
    case "map":
      return objectOf(node);
  }
}

function objectOf(node: SourceMap): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const source of node.merged?.toReversed() ?? []) Object.assign(object, objectOf(source));
  for (const { key, value, merge } of node.entries) {
    if (merge !== true && !forbiddenKeys.has(key)) object[key] = valueOf(value);
  }
  return object;
}

/** What stands at a path; `entry` when it is a value of a map. Undefined when there is nothing. */
export function findNode(root: SourceNode, path: ConfigPath): { node: SourceNode; entry?: SourceEntry } | undefined {
  let found: { node: SourceNode; entry?: SourceEntry } = { node: root };
  for (const part of path) {
    const next = step(found.node, part);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

function step(node: SourceNode, part: string | number): { node: SourceNode; entry?: SourceEntry } | undefined {
  if (node.kind === "map") {
    const entry = ownEntry(node, String(part)) ?? mergedEntry(node, String(part));
    return entry === undefined ? undefined : { node: entry.value, entry };
  }
  if (node.kind === "list" && typeof part === "number") {
    const item = node.items[part];
    return item === undefined ? undefined : { node: item };
  }
  return undefined;
}

/** What another map of the file lends to this one under a key (`<<: *name`). */
export function mergedEntry(node: SourceMap, key: string): SourceEntry | undefined {
  for (const source of node.merged ?? []) {
    const entry = ownEntry(source, key) ?? mergedEntry(source, key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** The last entry with a key, by an index made at the first look: an object may have thousands. */
export function ownEntry(node: SourceMap, key: string): SourceEntry | undefined {
  let index = indexes.get(node);
  if (index === undefined) {
    index = new Map(node.entries.flatMap((entry) => (entry.merge === true ? [] : [[entry.key, entry]])));
    indexes.set(node, index);
  }
  return index.get(key);
}

const indexes = new WeakMap<SourceMap, ReadonlyMap<string, SourceEntry>>();
