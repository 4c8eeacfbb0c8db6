import { EVENT_ID, getScalarValue, SCALAR_STYLE, COLLECTION_STYLE } from "js-yaml";
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";
import type { SourceEntry, SourceMap, SourceNode, SourceScalar } from "../../domain/config/document/document.ts";
import { resolvePlain } from "./scalar.ts";

/** Valid YAML that a config may not use. */
export class UnsupportedSyntax extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * The tree of the first document of js-yaml's events; undefined for a document without a value. The events say where
 * things begin; where they end, and where colons and block scalar headers stand, is read from the text between them.
 * An alias is what its anchor is, with everything inside it; so a small text could mean an enormous one, and more than
 * `maxValues` keys and values are refused. Throws UnsupportedSyntax.
 */
export function buildTree(text: string, events: readonly Event[], maxValues: number): SourceNode | undefined {
  return new TreeBuilder(text, events, maxValues).document();
}

type CollectionEvent = SequenceEvent | MappingEvent;

class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #maxValues: number;
  readonly #anchors = new Map<string, { readonly node: SourceNode; readonly values: number }>();
  #next = 0;
  #values = 0;

  constructor(text: string, events: readonly Event[], maxValues: number) {
    this.#text = text;
    this.#events = events;
    this.#maxValues = maxValues;
  }

  document(): SourceNode | undefined {
    this.#next = 1;
    return this.#peek().type === EVENT_ID.POP ? undefined : this.#node(0);
  }

  /** The value that begins at or after the offset `after`. */
  #node(after: number): SourceNode {
    const event = this.#peek();
    this.#next++;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) throw new RangeError("no value here");
    if (event.tagStart >= 0) {
      throw new UnsupportedSyntax(event.tagStart, "tags (!name) are not supported; remove it");
    }
    const before = this.#values++;
    const node = this.#value(event, Math.max(after, event.anchorEnd));
    if (event.anchorStart >= 0) {
      const values = this.#values - before;
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), { node, values });
    }
    return node;
  }

  #value(event: ScalarEvent | CollectionEvent, after: number): SourceNode {
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event, after);
    const style = event.style === COLLECTION_STYLE.FLOW ? "flow" : "block";
    if (event.type === EVENT_ID.SEQUENCE) return this.#list(event.start, style);
    return this.#map(event.start, style);
  }

  #alias({ anchorStart, anchorEnd: end }: AliasEvent): SourceNode {
    const start = anchorStart - 1;
    const name = this.#text.slice(anchorStart, end);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) throw new UnsupportedSyntax(start, `there is no anchor &${name} above this`);
    this.#values += anchor.values;
    if (this.#values > this.#maxValues) {
      throw new UnsupportedSyntax(
        start,
        `with its aliases the file has more than ${String(this.#maxValues)} keys and values`,
      );
    }
    return { ...anchor.node, start, end, alias: name };
  }

  #list(start: number, style: "flow" | "block"): SourceNode {
    const items: SourceNode[] = [];
    const dashes: number[] = [];
    let end = start + (style === "flow" ? 1 : 0);
    while (this.#peek().type !== EVENT_ID.POP) {
      if (style === "block") dashes.push((end = this.#skipTo(end, "-") + 1) - 1);
      const item = this.#node(end);
      items.push(item);
      end = item.end;
    }
    this.#next++;
    return { kind: "list", style, start, end: style === "flow" ? this.#skipTo(end, "]") + 1 : end, items, dashes };
  }

  #map(start: number, style: "flow" | "block"): SourceNode {
    const entries: SourceEntry[] = [];
    const merged: SourceMap[] = [];
    let end = start + (style === "flow" ? 1 : 0);
    while (this.#peek().type !== EVENT_ID.POP) {
      const key = this.#key(end);
      const colon = this.#skipTo(key.end, ":");
      const value = this.#node(colon + 1);
      const isMerge = key.style === "plain" && key.value === "<<";
      if (isMerge) merged.push(...mergeSources(value));
      entries.push({
        ...(isMerge ? { merge: true } : {}),
        key: this.#keyText(key),
        keyStart: key.start,
        keyEnd: key.end,
        keyStyle: key.style,
        afterColon: colon + 1,
        value,
      });
      end = value.end;
    }
    this.#next++;
    if (style === "flow") end = this.#skipTo(end, "}") + 1;
    return { kind: "map", style, start, end, entries, ...(merged.length === 0 ? {} : { merged }) };
  }

  #key(after: number): SourceScalar {
    const key = this.#node(after);
    if (key.kind !== "scalar" || key.alias !== undefined)
      throw new UnsupportedSyntax(key.start, "a key must be plain text");
    const before = this.#text.slice(Math.max(0, key.start - 10), key.start);
    if (key.start === key.end || /(?:^|[\s{,-])\?[ \t]+$/.test(before)) {
      throw new UnsupportedSyntax(
        key.start,
        "write `key: value`; keys that are empty or marked with ? are not supported",
      );
    }
    return key;
  }

  #keyText(key: SourceScalar): string {
    return key.style === "plain" ? this.#text.slice(key.start, key.end) : String(key.value);
  }

  #scalar(event: ScalarEvent, after: number): SourceScalar {
    if (event.valueStart < 0) return { kind: "scalar", style: "plain", start: after, end: after, value: null };
    const value = getScalarValue(this.#text, event);
    const { valueStart: start, valueEnd: end } = event;
    switch (event.style) {
      case SCALAR_STYLE.SINGLE_QUOTED:
        return { kind: "scalar", style: "single", start: start - 1, end: end + 1, value };
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return { kind: "scalar", style: "double", start: start - 1, end: end + 1, value };
      case SCALAR_STYLE.LITERAL_BLOCK:
        return { kind: "scalar", style: "literal", start: this.#skipTo(after, "|"), end, value };
      case SCALAR_STYLE.FOLDED_BLOCK:
        return { kind: "scalar", style: "folded", start: this.#skipTo(after, ">"), end, value };
      default:
        return { kind: "scalar", style: "plain", start, end, value: resolvePlain(value) };
    }
  }

  /** The offset of the next `char` outside comments, of which only white space and commas come before. */
  #skipTo(from: number, char: string): number {
    const gap = /(?:[\s,]|(?<=[\s,])#[^\r\n]*)*/y;
    gap.lastIndex = from;
    gap.exec(this.#text);
    const at = gap.lastIndex;
    if (this.#text[at] !== char) throw new UnsupportedSyntax(at, `expected ${JSON.stringify(char)} here`);
    return at;
  }

  #peek(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new RangeError("the events end too early");
    return event;
  }
}

/** The objects of a `<<`, as YAML's merge key has them: one, or a list of which the first counts most. */
function mergeSources(value: SourceNode): readonly SourceMap[] {
  const sources = value.kind === "list" ? value.items : [value];
  return sources.map((source) => {
    if (source.kind === "map") return source;
    throw new UnsupportedSyntax(source.start, "<< takes an object such as *name, or a list of objects");
  });
}
