import type { Placement } from "../config/types.ts";

/**
 * Where a container belongs since a daemon has moved it, as nodes remember it for daemons whose config file says something
 * else.
 */
export interface Placed {
  readonly container: string;
  /** Every node that it is placed on. */
  readonly nodes: readonly string[];
  /** The epoch in which that was written down. */
  readonly version: number;
}

/** One word; its `@` tells it from other marks. */
export function formatPlaced({ container, nodes, version }: Placed): string {
  return `${container}@${String(version)}=${nodes.map(encodeURIComponent).join("+")}`;
}

/** Reads what `formatPlaced` made; undefined for anything else. */
export function parsePlaced(word: string): Placed | undefined {
  const [, container = "", version, nodes = ""] = /^([^@]+)@(\d+)=(\S+)$/.exec(word) ?? [];
  if (version === undefined) return undefined;
  return { container, version: Number(version), nodes: nodes.split("+").map(decodeURIComponent) };
}

/** With the later one of two that are about one container. */
export function withPlacement(placed: readonly Placed[], one: Placed): readonly Placed[] {
  const known = placed.find(({ container }) => container === one.container);
  if (known && known.version > one.version) return placed;
  return [...placed.filter(({ container }) => container !== one.container), one];
}

export function newestVersion(placed: readonly Placed[]): number {
  return Math.max(0, ...placed.map(({ version }) => version));
}

type Layout = readonly Pick<Placement, "container" | "node">[];

/** The nodes that a layout places a container on, in an order of their own. */
export function nodesOf(layout: Layout, container: string): readonly string[] {
  return layout
    .filter((each) => each.container === container)
    .map(({ node }) => node)
    .sort();
}

/** A move that a config file has missed. */
export interface MissedMove {
  readonly container: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What a layout has missed: the moves written down after `seen` that it does not show. What it does not have at all, or
 * on more or fewer nodes, was changed by somebody who knew what he did.
 */
export function missedMoves(layout: Layout, placed: readonly Placed[], seen: number): readonly MissedMove[] {
  return placed
    .filter(({ version }) => version > seen)
    .flatMap(({ container, nodes }) => {
      const here = nodesOf(layout, container);
      const from = here.filter((node) => !nodes.includes(node));
      const to = nodes.filter((node) => !here.includes(node));
      if (from.length !== to.length) return [];
      return from.map((node, index) => ({ container, from: node, to: to[index] ?? "" }));
    });
}

/** Containers that a layout has elsewhere than was written down, or than the layout before it had them, on as many nodes. */
export function newlyPlaced(
  layout: Layout,
  before: Layout,
  placed: readonly Placed[],
): readonly Omit<Placed, "version">[] {
  const containers = [...new Set(layout.map(({ container }) => container))];
  return containers.flatMap((container) => {
    const nodes = nodesOf(layout, container);
    const known = placed.find((each) => each.container === container)?.nodes ?? nodesOf(before, container);
    const same = known.length !== nodes.length || nodes.every((node) => known.includes(node));
    return same ? [] : [{ container, nodes }];
  });
}
