import { PictlError } from "../../errors.ts";
import { type SourceNode, type SourceScalar, valueOf } from "../document/document.ts";
import { formatPath, type ConfigPath } from "../document/path.ts";
import { redact } from "./redact.ts";

/** A config's text and where everything stands in it. */
export interface SourceText {
  readonly text: string;
  readonly root: SourceNode;
}

const mask = "[REDACTED]";

/** The text as it stands, comments and all, with its secrets hidden as `redact` hides them. */
export function maskedDocument({ text, root }: SourceText): string {
  return replaced(
    text,
    hidden(root).map(({ node, shown }) => ({ node, by: JSON.stringify(shown) })),
  );
}

/**
 * A text that was made of the masked one, with the secrets put back: each where it stood, or where its key went with
 * it. Throws usage for a mask of which nothing is known.
 */
export function unmaskedText(after: SourceText, before: SourceText): string {
  const known = hidden(before.root);
  const replacements = scalars(after.root, top).flatMap(({ path, place, node }) => {
    if (typeof node.value !== "string" || !node.value.includes(mask)) return [];
    const same = known.filter(({ shown }) => shown === node.value);
    const here = same.find((each) => each.place === place);
    const moved = same.filter((each) => each.path.at(-1) === path.at(-1));
    const found = here ?? (moved.length === 1 ? moved[0] : undefined);
    if (!found) throw unknownSecret(path);
    return [{ node, by: written(before.text, found.node) }];
  });
  return replaced(after.text, replacements);
}

interface Place {
  readonly path: ConfigPath;
  /** The path, but of a row what it is about (`node=n1`) in the place of its index, which other rows may change. */
  readonly place: string;
}

interface Hidden extends Place {
  readonly node: SourceNode;
  readonly shown: unknown;
}

/** What `redact` changes, by where it stands. */
function hidden(root: SourceNode): readonly Hidden[] {
  return differing(root, redact(valueOf(root)), top);
}

const top: Place = { path: [], place: "" };

function differing(node: SourceNode, shown: unknown, at: Place): readonly Hidden[] {
  // What stands at its anchor is hidden there.
  if (node.alias !== undefined) return [];
  if (node.kind === "scalar") return node.value === shown ? [] : [{ ...at, node, shown }];
  if (typeof shown !== "object" || shown === null) return [{ ...at, node, shown }];
  return children(node).flatMap(({ key, value, name }) =>
    differing(value, (shown as Readonly<Record<string | number, unknown>>)[key], below(at, key, name)),
  );
}

function below({ path, place }: Place, key: string | number, name: string): Place {
  return { path: [...path, key], place: `${place} ${name}` };
}

interface Child {
  readonly key: string | number;
  readonly value: SourceNode;
  readonly name: string;
}

function children(node: Exclude<SourceNode, SourceScalar>): readonly Child[] {
  if (node.kind === "map") {
    return node.entries
      .filter(({ merge }) => merge !== true)
      .map(({ key, value }) => ({ key, value, name: JSON.stringify(key) }));
  }
  const seen = new Map<string, number>();
  return node.items.map((value, key) => {
    const about = subjectOf(value);
    const count = seen.get(about) ?? 0;
    seen.set(about, count + 1);
    return { key, value, name: `${about}#${String(count)}` };
  });
}

/** What a row is about: its node, or the address of a virtual IP. */
function subjectOf(row: SourceNode): string {
  if (row.kind !== "map") return "";
  const entry = row.entries.find(({ key }) => key === "node" || key === "vip_ip" || key === "name");
  return entry?.value.kind === "scalar" ? `${entry.key}=${String(entry.value.value)}` : "";
}

function scalars(node: SourceNode, at: Place): readonly (Place & { readonly node: SourceScalar })[] {
  if (node.alias !== undefined) return [];
  if (node.kind === "scalar") return [{ ...at, node }];
  return children(node).flatMap(({ key, value, name }) => scalars(value, below(at, key, name)));
}

/** As it was written where that is one line of any context, else as JSON, which YAML reads too. */
function written(text: string, node: SourceNode): string {
  const source = text.slice(node.start, node.end);
  const quoted = node.kind === "scalar" && (node.style === "double" || node.style === "single");
  const plain = node.kind === "scalar" && node.style === "plain" && !/[,[\]{}]/.test(source);
  return (quoted || plain) && !source.includes("\n") ? source : JSON.stringify(valueOf(node));
}

function replaced(text: string, all: readonly { readonly node: SourceNode; readonly by: string }[]): string {
  return [...all]
    .sort((a, b) => b.node.start - a.node.start)
    .reduce((rest, { node, by }) => {
      // A block ends with its line.
      const end = rest.slice(node.start, node.end).endsWith("\n") ? node.end - 1 : node.end;
      return rest.slice(0, node.start) + by + rest.slice(end);
    }, text);
}

function unknownSecret(path: ConfigPath): PictlError {
  const place = formatPath(path);
  return new PictlError("usage", `${place} is ${mask} in the new text, and no secret is known to belong there.`, {
    hint: `Write the secret out, or say env:NAME or file:PATH there.`,
  });
}
