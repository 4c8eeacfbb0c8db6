import { didYouMean } from "../config/findings/suggest.ts";
import type { Config, NodeSpec, Placement } from "../config/types.ts";
import { PictlError } from "../errors.ts";

/** Where a terminal is to be opened. */
export interface TerminalPlace {
  readonly node: NodeSpec;
  /** Undefined: on the node itself. */
  readonly container: string | undefined;
}

/**
 * What `NODE`, `CONTAINER` or `CONTAINER@NODE` means; a name that both have means the node. Throws usage when the
 * container has several nodes, and unknown-container when neither has the name.
 */
export function placeNamed(config: Config, word: string): TerminalPlace {
  const node = nodeNamed(config, word);
  if (node) return { node, container: undefined };
  const at = word.lastIndexOf("@");
  const matches = ({ container, node: on }: Placement): boolean =>
    at === -1 ? container === word : container === word.slice(0, at) && on === word.slice(at + 1);
  const [placement, ...others] = config.placements.filter(matches);
  if (!placement) throw unknown(config, word);
  if (others.length > 0) {
    const choices = [placement, ...others].map((each) => `${each.container}@${each.node}`);
    throw new PictlError("usage", `The container "${word}" is on several nodes.`, {
      container: word,
      hint: `Say which: ${choices.join(", ")}.`,
    });
  }
  const on = nodeNamed(config, placement.node);
  if (!on) throw new RangeError(`a placement names the unknown node ${placement.node}`);
  return { node: on, container: placement.container };
}

function nodeNamed(config: Config, name: string): NodeSpec | undefined {
  return config.nodes.find((node) => node.name === name);
}

function unknown(config: Config, word: string): PictlError {
  const nodes = config.nodes.map(({ name }) => name);
  const containers = word.includes("@")
    ? config.placements.map((each) => `${each.container}@${each.node}`)
    : [...new Set(config.placements.map(({ container }) => container))];
  const meant = didYouMean(word, [...nodes, ...containers]) || ".";
  const shown = (names: readonly string[]): string => names.slice(0, 12).join(", ") || "none";
  return new PictlError("unknown-container", `Neither a node nor a container is called "${word}"${meant}`, {
    hint: `Nodes: ${shown(nodes)}. Containers: ${shown(containers)}.`,
  });
}
