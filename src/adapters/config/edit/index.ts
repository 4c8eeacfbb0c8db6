import { isDeepStrictEqual } from "node:util";
import { applyEdit, type DocumentEdit } from "../../../domain/config/document/apply-edit.ts";
import {
  findNode,
  mergedEntry,
  ownEntry,
  valueOf,
  type SourceList,
  type SourceMap,
  type SourceNode,
} from "../../../domain/config/document/document.ts";
import type { ConfigPath } from "../../../domain/config/document/path.ts";
import { parseConfigText } from "../parse.ts";
import { deleteFromBlock, insertIntoBlock, replaceInBlock } from "./block.ts";
import { deleteFromFlow, insertIntoFlow, renderFlowValue } from "./flow.ts";
import { moveLines } from "./move.ts";
import { splice, type Splice } from "./splice.ts";
import { columnOf, type Document, eolOf, indentAt, quotesOf, styleFor, withoutLineBreak } from "./style.ts";

/** The edit would change a value that stands once in the file and counts in several places. */
export class SharedValue extends Error {}

/**
 * The text with one edit made and everything else as it was: comments, indentation, key order, quotes, line ends.
 * What it then says is what `applyEdit` makes of the document (the caller checks that). Throws SharedValue, and a
 * RangeError for a path that cannot be walked.
 */
export function editText(text: string, edit: DocumentEdit): string {
  return edited(text, edit, eolOf(text));
}

function edited(text: string, edit: DocumentEdit, eol: string): string {
  const parsed = parseConfigText(text);
  if (!parsed.ok) throw new RangeError(parsed.message);
  const document: Document = { text, root: parsed.root, json: isJson(text), eol };
  switch (edit.op) {
    case "set":
      return set(document, edit.path, edit.value);
    case "delete":
      return remove(document, edit.path);
    case "move":
      return move(document, edit);
  }
}

function set(document: Document, path: ConfigPath, value: unknown): string {
  const present = findNode(document.root, path)?.node;
  if (present === undefined) return insert(document, path, value);
  const now = valueOf(present);
  if (isDeepStrictEqual(now, value)) return document.text;
  if (ownership(document.root, path) === "merged") return insert(document, path, value);
  const parts = sameKind(now, value) && present.alias === undefined ? partEdits(now, value, path) : undefined;
  if (parts !== undefined) return parts.reduce((text, part) => edited(text, part, document.eol), document.text);
  return splice(document.text, replace(document, path, present, value));
}

/**
 * Whose a value is that the document has: of its place alone (a key of its own there may also stand over one that `<<`
 * brings in), or brought in by `<<`. Throws SharedValue when it stands inside what other places have too.
 */
function ownership(root: SourceNode, path: ConfigPath): "own" | "merged" {
  let node = root;
  for (const [index, part] of path.entries()) {
    if (node.alias !== undefined) throw new SharedValue();
    if (node.kind === "map" && ownEntry(node, String(part)) === undefined && mergedEntry(node, String(part))) {
      if (index === path.length - 1) return "merged";
      throw new SharedValue();
    }
    const next = findNode(node, [part])?.node;
    if (next === undefined) return "own";
    node = next;
  }
  return "own";
}

/** Both objects, or both lists, and both with something in them: then only what differs is touched. */
function sameKind(now: unknown, value: unknown): boolean {
  const size = (thing: unknown) => (typeof thing === "object" && thing !== null ? Object.keys(thing).length : 0);
  return size(now) > 0 && size(value) > 0 && Array.isArray(now) === Array.isArray(value);
}

function partEdits(now: unknown, value: unknown, path: ConfigPath): DocumentEdit[] {
  const old = Object.keys(now as object);
  const entries = Object.entries(value as object);
  const part = (key: string): ConfigPath => [...path, Array.isArray(value) ? Number(key) : key];
  return [
    ...entries.map(([key, item]): DocumentEdit => ({ op: "set", path: part(key), value: item })),
    ...old
      .filter((key) => !Object.hasOwn(value as object, key))
      .toReversed()
      .map((key): DocumentEdit => ({ op: "delete", path: part(key) })),
  ];
}

/** Adds what is missing of a path, to the deepest part of it that is there. */
function insert(document: Document, path: ConfigPath, value: unknown): string {
  let depth = path.length - 1;
  while (depth > 0 && findNode(document.root, path.slice(0, depth)) === undefined) depth--;
  const parentPath = path.slice(0, depth);
  const part = path[depth];
  const parent = findNode(document.root, parentPath)?.node;
  if (parent === undefined || part === undefined) throw new RangeError("there is nothing to put it into");
  if (parent.alias !== undefined) throw new SharedValue();
  ownership(document.root, parentPath.length === 0 ? [] : [...parentPath, part]);
  const wrapped = path.slice(depth + 1).reduceRight<unknown>(wrap, value);

  if (parent.kind === "scalar") {
    if (parent.value !== null) throw new RangeError(`${String(part)} is not inside an object or a list`);
    return splice(document.text, replace(document, parentPath, parent, wrap(wrapped, part)));
  }
  if (parent.kind === "list" && part !== parent.items.length) {
    throw new RangeError(`there is no index ${String(part)} in a list of ${parent.items.length}`);
  }
  const added = { key: parent.kind === "map" ? String(part) : undefined, value: wrapped };
  const style = styleFor(document, parent);
  const insertInto = parent.style === "flow" ? insertIntoFlow : insertIntoBlock;
  return splice(document.text, insertInto(document.text, parent, added, style));
}

function wrap(value: unknown, part: string | number): unknown {
  if (typeof part === "string") return { [part]: value };
  if (part !== 0) throw new RangeError(`there is no index ${part} in an empty list`);
  return [value];
}

function replace(document: Document, path: ConfigPath, present: SourceNode, value: unknown): Splice[] {
  const { text, root } = document;
  const node = present.alias === undefined ? present : standIn(present);
  const parent = findNode(root, path.slice(0, -1))?.node;
  if (path.length === 0 || parent === undefined || parent.kind === "scalar") {
    throw new RangeError("the whole config cannot be replaced by a single value");
  }
  const style = styleFor(document, parent);
  const quotes = node.kind === "scalar" && typeof node.value === "string" ? quotesOf(node.style) : undefined;
  const like = quotes === undefined ? style : { ...style, valueQuotes: quotes };
  if (parent.style === "block") return replaceInBlock(text, blockPlace(text, parent, path.at(-1), node), value, like);
  const rendered = renderFlowValue(value, indentAt(text, node.start), like, false);
  return [{ start: node.start, end: node.end, text: (node.start === node.end ? " " : "") + rendered }];
}

/** An alias as the few characters that it is. */
function standIn({ start, end }: SourceNode): SourceNode {
  return { kind: "scalar", style: "plain", start, end, value: null };
}

function blockPlace(text: string, parent: SourceMap | SourceList, part: string | number | undefined, node: SourceNode) {
  if (parent.kind === "list") {
    const dash = parent.dashes[Number(part)] ?? node.start;
    return { node, after: dash + 1, column: columnOf(text, dash), item: true };
  }
  const entry = parent.entries.findLast(({ key }) => key === String(part));
  return {
    node,
    after: entry?.afterColon ?? node.start,
    column: columnOf(text, entry?.keyStart ?? node.start),
    item: false,
  };
}

function remove(document: Document, path: ConfigPath): string {
  const { text, root } = document;
  const parentPath = path.slice(0, -1);
  const part = path.at(-1);
  const parent = findNode(root, parentPath)?.node;
  if (part === undefined) throw new RangeError("the whole config cannot be deleted");
  if (parent === undefined || parent.kind === "scalar" || findNode(root, path) === undefined) return text;
  if (ownership(root, path) === "merged") throw new SharedValue();
  const index = parent.kind === "list" ? Number(part) : parent.entries.findLastIndex(({ key }) => key === String(part));
  if (parent.style === "flow") return splice(text, deleteFromFlow(text, parent, index));
  const others = parent.kind === "list" ? parent.items.length > 1 : parent.entries.length > 1;
  if (others) return splice(text, deleteFromBlock(text, parent, index));
  const empty = parent.kind === "list" ? [] : {};
  if (parentPath.length === 0) {
    return splice(text, [{ start: parent.start, end: withoutLineBreak(text, parent.start, parent.end), text: "{}" }]);
  }
  return splice(text, replace(document, parentPath, parent, empty));
}

/** As its own lines where that says what it should, else taken out and written anew. */
function move({ text, root, eol }: Document, edit: DocumentEdit & { readonly op: "move" }): string {
  const { from, to } = edit;
  const found = findNode(root, from)?.node;
  if (found === undefined) return text;
  const source = findNode(root, from.slice(0, -1))?.node;
  const target = findNode(root, to.slice(0, -1))?.node;
  if (isBlockMap(source) && isBlockMap(target) && from.at(-1) === to.at(-1)) {
    const index = source.entries.findLastIndex(({ key }) => key === from.at(-1));
    const moved = splice(text, moveLines(text, source, index, target) ?? []);
    const parsed = parseConfigText(moved);
    if (parsed.ok && isDeepStrictEqual(parsed.value, applyEdit(valueOf(root), edit))) return moved;
  }
  const anew: readonly DocumentEdit[] = [
    { op: "delete", path: from },
    { op: "set", path: to, value: valueOf(found) },
  ];
  return anew.reduce((changed, part) => edited(changed, part, eol), text);
}

function isBlockMap(node: SourceNode | undefined): node is SourceMap {
  return node?.kind === "map" && node.style === "block";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
