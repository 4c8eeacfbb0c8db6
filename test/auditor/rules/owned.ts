import { type Interval, union } from "../intervals.ts";
import type { Copy, Picture } from "../picture.ts";
import type { Limits } from "./violation.ts";

export function ours(picture: Picture, limits: Limits): Copy[] {
  return picture.copies.filter(({ cluster }) => cluster === limits.cluster);
}

/** Names of our containers that run once in the cluster. */
export function ownedNames(picture: Picture, limits: Limits): string[] {
  const names = ours(picture, limits).flatMap(({ container }) => container ?? []);
  return [...new Set(names)].filter((name) => limits.several?.includes(name) !== true);
}

export function copiesOf(picture: Picture, limits: Limits, name: string): Copy[] {
  return ours(picture, limits).filter(({ container }) => container === name);
}

/** When the config named exactly this one node for a container. A config that does not parse leaves the last one. */
export function placedOn(picture: Picture, name: string): { readonly node: string; readonly spans: Interval[] }[] {
  const whole = picture.configs.filter(({ problem }) => problem === null);
  const placed = whole.flatMap(({ at, placements }, index) => {
    const nodes = placements.filter(({ container }) => container === name).map(({ node }) => node);
    const [node, ...others] = nodes;
    const to = whole[index + 1]?.at ?? picture.end;
    return node === undefined || others.length > 0 ? [] : [{ node, span: { from: at, to } }];
  });
  return [...new Set(placed.map(({ node }) => node))].map((node) => ({
    node,
    spans: union(placed.filter((each) => each.node === node).map(({ span }) => span)),
  }));
}
