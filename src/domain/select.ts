import type { Config, NodeSpec, Placement } from "./config/types.ts";
import { isContainerName } from "./config/findings/names.ts";
import { PictlError } from "./errors.ts";
import { didYouMean } from "./config/findings/suggest.ts";

/**
 * The words a user picks containers and nodes with: names are compared whole, `*` and `?` are globs, and `n[1-3,7]` is
 * what `exec --fold` prints for several nodes.
 */

/**
 * The placements named by `names` (`web`, `web@n1`, `web*`, `*@n1`); all of them when there are no names.
 * In layout order, each once. Throws unknown-container when a name fits nothing.
 */
export function selectPlacements(config: Config, names: readonly string[]): readonly Placement[] {
  if (names.length === 0) return config.placements;
  const matchers = names.map((name) => {
    const at = name.lastIndexOf("@");
    const container = globMatcher(at === -1 ? name : name.slice(0, at));
    const node = at === -1 ? () => true : globMatcher(name.slice(at + 1));
    const matches = (placement: Placement): boolean => container(placement.container) && node(placement.node);
    if (!config.placements.some(matches)) throw unknownContainer(config, name);
    return matches;
  });
  return config.placements.filter((placement) => matchers.some((matches) => matches(placement)));
}

/**
 * The same, and for `NAME@NODE` with a node of the config also a container that the layout does not have there
 * (`stray`): whether there is one, only the node can tell.
 */
export function selectWithStrays(config: Config, names: readonly string[]): readonly Placement[] {
  const strays = new Map<string, Placement>();
  const others = names.filter((name) => {
    const stray = strayOf(config, name);
    if (stray) strays.set(name, stray);
    return !stray;
  });
  return names.length > 0 && others.length === 0
    ? [...strays.values()]
    : [...selectPlacements(config, others), ...strays.values()];
}

function strayOf(config: Config, name: string): Placement | undefined {
  const at = name.lastIndexOf("@");
  const [container, node] = [name.slice(0, at), name.slice(at + 1)];
  const named = at > 0 && isContainerName(container) && config.nodes.some((each) => each.name === node);
  if (!named || config.placements.some((each) => each.container === container && each.node === node)) return undefined;
  return strayPlacement({ container, node });
}

/** A container that the layout does not have there. */
export function strayPlacement({ container, node }: Pick<Placement, "container" | "node">): Placement {
  const nothing = { args: [], image: undefined, build: undefined, env: {}, envFile: undefined, secrets: {}, hooks: {} };
  return { container, node, ...nothing, stray: true };
}

/** The failure of a stray that is not there either. */
export function noSuchStray(config: Config, { container, node }: Pick<Placement, "container" | "node">): PictlError {
  return unknownContainer(config, `${container}@${node}`);
}

/**
 * The nodes named by `patterns` (a name, a glob, or `label=value`); all of them when there are none.
 * In config order, each once. Throws unknown-node when a pattern fits nothing.
 */
export function selectNodes(config: Config, patterns: readonly string[]): readonly NodeSpec[] {
  if (patterns.length === 0) return config.nodes;
  const matchers = patterns.map((pattern) => {
    const matches = nodeMatcher(pattern);
    if (!config.nodes.some(matches)) throw unknownNode(config, pattern);
    return matches;
  });
  return config.nodes.filter((node) => matchers.some((matches) => matches(node)));
}

/**
 * The nodes that `patterns` name, and the placements on them that `names` name. Throws unknown-node, and
 * unknown-container when a name fits nothing on those nodes: no rows would look as if all were well.
 */
export function selectOnNodes(
  config: Config,
  names: readonly string[],
  patterns: readonly string[],
): { readonly nodes: readonly NodeSpec[]; readonly placements: readonly Placement[] } {
  const nodes = selectNodes(config, patterns);
  const chosen = new Set(nodes.map((node) => node.name));
  for (const name of names) {
    const found = selectWithStrays(config, [name]);
    if (!found.some(({ node }) => chosen.has(node))) throw placedElsewhere(name, found, patterns);
  }
  return { nodes, placements: selectWithStrays(config, names).filter(({ node }) => chosen.has(node)) };
}

/** The one node of that name. Throws unknown-node. */
export function nodeNamed(config: Config, name: string): NodeSpec {
  const node = config.nodes.find((each) => each.name === name);
  if (!node) throw unknownNode(config, name);
  return node;
}

function nodeMatcher(pattern: string): (node: NodeSpec) => boolean {
  const equals = pattern.indexOf("=");
  if (equals === -1) {
    const matches = globMatcher(pattern);
    return (node) => matches(node.name);
  }
  const value = globMatcher(pattern.slice(equals + 1));
  return (node) => {
    const label = node.labels[pattern.slice(0, equals)];
    return label !== undefined && value(label);
  };
}

/** Whole text against a glob: `*`, `?`, and numbers in ranges (`n[1-3,7]`, `n[01-12]`). */
export function globMatcher(pattern: string): (text: string) => boolean {
  const ranges: NumberRange[][] = [];
  const source = pattern
    .split(rangePattern)
    .map((part) => {
      if (!rangePattern.test(part)) return globSource(part);
      ranges.push(part.slice(1, -1).split(",").map(numberRange));
      return "([0-9]+)";
    })
    .join("");
  if (source === pattern) return (text) => text === pattern;
  const expression = new RegExp(`^${source}$`, "s");
  return (text) => {
    const numbers = expression.exec(text)?.slice(1);
    return numbers?.every((digits, index) => ranges[index]?.some((range) => isWithin(digits, range))) ?? false;
  };
}

const rangePattern = /(\[[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*\])/;

function globSource(part: string): string {
  return part
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
}

interface NumberRange {
  readonly first: string;
  readonly last: string;
}

function numberRange(text: string): NumberRange {
  const [first = "", last = first] = text.split("-");
  return { first, last };
}

/** `07` is within `01-12` and not within `1-12`: padding is part of a name. */
function isWithin(digits: string, { first, last }: NumberRange): boolean {
  const padded = first.startsWith("0") && first.length > 1;
  const rightWidth = padded ? digits.length === first.length : digits === String(Number(digits));
  return rightWidth && Number(digits) >= Number(first) && Number(digits) <= Number(last);
}

function unknownContainer(config: Config, name: string): PictlError {
  const names = [...new Set(config.placements.map((placement) => placement.container))];
  const known = name.includes("@") ? config.placements.map((each) => `${each.container}@${each.node}`) : names;
  if (config.nodes.some((node) => node.name === name)) {
    return new PictlError("unknown-container", `"${name}" is a node, not a container.`, {
      hint: `All containers of the layout that are on it: \`'*@${name}'\`.`,
    });
  }
  return new PictlError("unknown-container", `No container "${name}" in the layout${didYouMean(name, known) || "."}`, {
    container: name,
    hint: names.length === 0 ? "The layout has no containers yet." : `The layout has: ${listed(names)}.`,
  });
}

function placedElsewhere(name: string, found: readonly Placement[], patterns: readonly string[]): PictlError {
  const places = [...new Set(found.map(({ node }) => node))];
  return new PictlError("unknown-container", `The layout has no container "${name}" on ${patterns.join(", ")}.`, {
    container: name,
    hint: `It is on ${listed(places)}; leave out \`--node\`, or name that node.`,
  });
}

function unknownNode(config: Config, name: string): PictlError {
  const names = config.nodes.map((node) => node.name);
  return new PictlError("unknown-node", `No node "${name}" in the config${didYouMean(name, names) || "."}`, {
    node: name,
    hint: names.length === 0 ? "The config has no nodes yet." : `The config has: ${listed(names)}.`,
  });
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${String(names.length - 12)} more` : shown;
}
