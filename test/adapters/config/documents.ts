import type { DocumentEdit } from "../../../src/domain/config/document/apply-edit.ts";
import fc from "fast-check";

/** A document, and one of the many ways to write it down, with comments that say nothing about what they stand at. */
export interface Written {
  readonly text: string;
  readonly value: Record<string, unknown>;
  /** Comments on lines of their own between top-level entries, which nothing but a human may take away. */
  readonly comments: readonly string[];
}

export type Syntax = "json" | "yaml";

const word = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,6}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("a b", "", "a: b", "x #y", "- z", "it's", 'say "hi"', "no", "80", "0123", "é✓", "~"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
);
const key = word.filter((text) => text !== "" && !["__proto__", "constructor", "prototype"].includes(text));
const scalar = fc.oneof(word, word, fc.integer({ min: -5, max: 70000 }), fc.boolean(), fc.constant(null));

/** Any value that a config could hold, of little depth. */
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const documentValue = fc.dictionary(key, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

export function written(syntax: Syntax): fc.Arbitrary<Written> {
  return fc.tuple(documentValue, fc.infiniteStream(fc.nat(999))).map(([document, choices]) => {
    const pick = (bound: number): number => (choices.next().value ?? 0) % bound;
    return syntax === "json" ? writeJson(document, pick) : writeYaml(document, pick);
  });
}

type Pick = (bound: number) => number;

function writeJson(document: Record<string, unknown>, pick: Pick): Written {
  const indent = ["  ", "    ", "\t", "", "  "][pick(5)] ?? "";
  let text = JSON.stringify(document, null, indent);
  if (pick(4) === 0) text = text.replaceAll("\n", "\r\n");
  if (pick(3) > 0) text += text.includes("\r\n") ? "\r\n" : "\n";
  return { text, value: document, comments: [] };
}

function writeYaml(document: Record<string, unknown>, pick: Pick): Written {
  const comments: string[] = [];
  const comment = (indent: string): string => {
    comments.push(`# comment ${comments.length} {[,:'"`);
    return `${indent}${comments.at(-1) ?? ""}\n`;
  };
  const unit = " ".repeat(1 + pick(4));
  const writer = new YamlWriter(pick, unit, pick(2) === 0 ? "" : unit);
  let text = pick(3) === 0 ? "---\n" : "";
  for (const [name, item] of Object.entries(document)) {
    if (pick(3) === 0) text += comment("");
    text += `${writer.key(name)}:${writer.after(item, "")}`;
    if (pick(6) === 0) text += "\n";
  }
  if (pick(4) === 0) text += comment("");
  else if (pick(5) === 0) text = text.trimEnd();
  if (pick(4) === 0) text = text.replaceAll("\n", "\r\n");
  return { text, value: document, comments };
}

class YamlWriter {
  readonly #pick: Pick;
  readonly #unit: string;
  readonly #listShift: string;

  constructor(pick: Pick, unit: string, listShift: string) {
    this.#pick = pick;
    this.#unit = unit;
    this.#listShift = listShift;
  }

  key(name: string): string {
    return this.#text(name);
  }

  /** What follows a colon or a dash, with its line break. */
  after(item: unknown, indent: string, dash = false): string {
    if (typeof item !== "object" || item === null) return this.#scalarAfter(item, indent);
    if (Object.keys(item).length === 0 || this.#pick(3) === 0)
      return ` ${this.#flow(item, `${indent}  `)}${this.#trail()}`;
    const inner = indent + (Array.isArray(item) && !dash ? this.#listShift : this.#unit);
    return `${this.#trail()}${this.#block(item, inner)}`;
  }

  #block(item: object, indent: string): string {
    const lines = Array.isArray(item)
      ? item.map((child: unknown) => `${indent}-${this.#compact(child, indent)}`)
      : Object.entries(item).map(([name, child]) => `${indent}${this.key(name)}:${this.after(child, indent)}`);
    return lines.join(this.#pick(5) === 0 ? `${indent}# between\n` : "");
  }

  #compact(child: unknown, indent: string): string {
    const isMap = typeof child === "object" && child !== null && !Array.isArray(child) && Object.keys(child).length > 0;
    if (!isMap || this.#pick(3) === 0) return this.after(child, indent, true);
    return ` ${this.#block(child, `${indent}  `).slice(indent.length + 2)}`;
  }

  #scalarAfter(item: unknown, indent: string): string {
    if (item === null && this.#pick(2) === 0) return this.#trail();
    if (typeof item === "string" && /^[a-z]+( [a-z]+)*$/.test(item) && this.#pick(4) === 0) {
      return ` ${this.#pick(2) === 0 ? "|" : ">"}-\n${indent}${this.#unit}${item}\n`;
    }
    return ` ${this.#scalar(item)}${this.#trail()}`;
  }

  #flow(item: unknown, indent: string): string {
    if (typeof item !== "object" || item === null) return this.#scalar(item);
    const broken = this.#pick(3) === 0;
    const parts = Array.isArray(item)
      ? item.map((child: unknown) => this.#flow(child, `${indent}  `))
      : Object.entries(item).map(([name, child]) => `${this.key(name)}: ${this.#flow(child, `${indent}  `)}`);
    const [open, close] = Array.isArray(item) ? "[]" : "{}";
    const trailing = parts.length > 0 && this.#pick(5) === 0 ? "," : "";
    if (!broken) return `${open}${parts.join([", ", ","][this.#pick(2)] ?? "")}${trailing}${close}`;
    const lines = parts.map(
      (part, index) => `${indent}  ${part}${index < parts.length - 1 ? "," : trailing}${this.#trail()}`,
    );
    return `${open}\n${lines.join("")}${this.#pick(4) === 0 ? `${indent}  # last\n` : ""}${indent}${close}`;
  }

  #scalar(item: unknown): string {
    return typeof item === "string" ? this.#text(item) : JSON.stringify(item);
  }

  #text(text: string): string {
    const style = this.#pick(3);
    const plain = /^[a-z][a-z0-9_.-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text);
    if (style === 0 && plain) return text;
    if (style === 1 && /^[ -~]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
    return JSON.stringify(text).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }

  #trail(): string {
    return this.#pick(5) === 0 ? " # trailing\n" : "\n";
  }
}

/** An edit somewhere in or beside the document. */
export function editsOf(document: unknown): fc.Arbitrary<DocumentEdit> {
  const paths = pathsOf(document);
  const existing = fc.constantFrom(...paths.filter((path) => path.length > 0));
  const collections = paths.filter((path) => typeof at(document, path) === "object" && at(document, path) !== null);
  const fresh = fc
    .tuple(fc.constantFrom(...collections), key)
    .map(([path, name]) => [...path, ...nextOf(at(document, path), name)]);
  const entries = paths.filter(
    (path) => typeof path.at(-1) === "string" && !Array.isArray(at(document, path.slice(0, -1))),
  );
  const moves = entries.flatMap((from) =>
    collections
      .filter((path) => !Array.isArray(at(document, path)) && !isWithin(path, from))
      .filter((path) => !Object.hasOwn(at(document, path) as object, String(from.at(-1))))
      .map((path) => ({ op: "move" as const, from, to: [...path, String(from.at(-1))] })),
  );
  return fc.oneof(
    ...(moves.length > 0 ? [fc.constantFrom(...moves)] : []),
    fc.record({ op: fc.constant("set" as const), path: fc.oneof(existing, fresh), value }),
    fc.record({ op: fc.constant("delete" as const), path: existing }),
  );
}

function isWithin(path: readonly (string | number)[], other: readonly (string | number)[]): boolean {
  return other.every((part, index) => path[index] === part);
}

function nextOf(container: unknown, name: string): [string | number] {
  return [Array.isArray(container) ? container.length : name];
}

function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const children = Object.entries(value).map(([name, child]): [string | number, unknown] => [
    Array.isArray(value) ? Number(name) : name,
    child,
  ]);
  return [path, ...children.flatMap(([part, child]) => pathsOf(child, [...path, part]))];
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, part) => (node as Record<string | number, unknown>)[part], value);
}
