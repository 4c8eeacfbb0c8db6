import { EVENT_ID, parseEvents, YAMLException } from "js-yaml";
import type { SourceNode } from "../../domain/config/document/document.ts";
import { forbiddenKeys, valueOf } from "../../domain/config/document/document.ts";
import type { ConfigPath } from "../../domain/config/document/path.ts";
import { Findings, type Finding } from "../../domain/config/findings/problem.ts";
import { buildTree, UnsupportedSyntax } from "./tree.ts";

export type ParseResult =
  | {
      readonly ok: true;
      readonly root: SourceNode;
      /** Of the root. */
      readonly value: unknown;
      readonly findings: readonly Finding[];
      /** Some values stand once and count in several places (aliases). */
      readonly shares: boolean;
    }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Deeper than any config goes (7), shallower than what costs anything. */
const maxDepth = 32;
/** Keys and values: twice what six thousand containers need, and so few that a second is enough to find what is wrong. */
const maxValues = 100_000;

/**
 * Reads JSON or YAML (of which JSON is a part) into a tree that remembers where everything stands. What only YAML
 * has and a config has no use for (tags, several documents) is refused.
 * The findings are repeated and forbidden keys.
 */
export function parseConfigText(text: string): ParseResult {
  try {
    const events = parseEvents(text, { maxDepth });
    const values = events.filter((event) => event.type !== EVENT_ID.POP).length;
    if (values > maxValues) {
      return {
        ok: false,
        offset: 0,
        message: `the file has ${values} keys and values; a config may have ${maxValues}`,
      };
    }
    const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
    if (documents > 1)
      throw new UnsupportedSyntax(secondDocument(text), "a config is one document; found a second one");
    const root = events.length === 0 ? undefined : buildTree(text, events, maxValues);
    if (root === undefined || (root.kind === "scalar" && root.start === root.end)) {
      return { ok: false, offset: 0, message: `the file is empty; ${expectedTop}` };
    }
    if (root.kind !== "map") return { ok: false, offset: root.start, message: `found ${kindOf(root)}; ${expectedTop}` };
    const shares = events.some((event) => event.type === EVENT_ID.ALIAS);
    return { ok: true, root, value: valueOf(root), findings: keyFindings(root), shares };
  } catch (error) {
    if (error instanceof UnsupportedSyntax) return { ok: false, offset: error.offset, message: error.message };
    if (error instanceof YAMLException) return { ok: false, ...explain(error, text) };
    throw error;
  }
}

const expectedTop = 'expected an object with the sections of a config, such as {"layout": []}';

function kindOf(node: SourceNode): string {
  return node.kind === "list" ? "a list" : "a single value";
}

/** The parser's reason in a sentence; its own message is not used because it quotes the text, secrets included. */
function explain(error: YAMLException, text: string): { offset: number; message: string } {
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  if (error.reason.startsWith("nesting exceeded")) {
    return { offset, message: `nested more than ${maxDepth} levels deep; a config needs no more than seven` };
  }
  const ends = /^unexpected end of the stream/.test(error.reason);
  const what = ends ? `the file ends too early (${error.reason.replace("the stream", "the file")})` : error.reason;
  return { offset, message: `not valid JSON or YAML: ${what}` };
}

function secondDocument(text: string): number {
  return text.search(/(?<=\n)---(?=\s|$)(?![^]*\n---(?=\s|$))/);
}

function keyFindings(root: SourceNode): Finding[] {
  const findings = new Findings();
  visit(root, [], findings);
  return findings.all;
}

function visit(node: SourceNode, path: ConfigPath, findings: Findings): void {
  // What stands at its anchor has been looked at there.
  if (node.alias !== undefined) return;
  if (node.kind === "list") {
    node.items.forEach((item, index) => {
      visit(item, [...path, index], findings);
    });
  }
  if (node.kind !== "map") return;
  const seen = new Set<string>();
  for (const { key, value, merge } of node.entries) {
    if (merge === true) continue;
    const here = [...path, key];
    if (forbiddenKeys.has(key)) findings.error(here, `the key "${key}" is not allowed`, { atKey: true });
    if (seen.has(key)) findings.error(here, `the key ${JSON.stringify(key)} is here twice; keep one`, { atKey: true });
    seen.add(key);
    visit(value, here, findings);
  }
}
