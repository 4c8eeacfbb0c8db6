import type { NodeSpec, VipSection } from "../config/types.ts";
import type { Failure } from "../errors.ts";
import type { NodeSurvey, VipPlace } from "./facts.ts";

/** What each node that answered told of virtual IPs. */
export type Surveys = ReadonlyMap<string, NodeSurvey>;

/** An address that a node has from pictl, though the config no longer knows it. */
export interface StrayAddress {
  readonly ip: string;
  readonly node: string;
}

/** By what the nodes remember, those that have left the config among them: the file says nothing of what was given. */
export function straysOf(
  {
    vips,
    nodes,
  }: { readonly vips: readonly Pick<VipSection, "ip">[]; readonly nodes: readonly Pick<NodeSpec, "name">[] },
  surveys: Surveys,
): readonly StrayAddress[] {
  const known = new Set(vips.map(({ ip }) => ip));
  const names = new Set(nodes.map(({ name }) => name));
  return [...surveys].flatMap(([node, { given }]) =>
    given.filter((ip) => !known.has(ip) || !names.has(node)).map((ip) => ({ ip, node })),
  );
}

/** Nodes without a row that have a virtual IP from pictl: they had one when it was given. */
export function formerOf(
  { ip, candidates }: Pick<VipSection, "ip" | "candidates">,
  surveys: Surveys,
): readonly string[] {
  return [...surveys].flatMap(([node, { given }]) =>
    given.includes(ip) && !candidates.some((row) => row.node === node) ? [node] : [],
  );
}

/** Nodes without a row that have a virtual IP from somebody else, and where. */
export function othersOf(
  { ip, candidates }: Pick<VipSection, "ip" | "candidates">,
  surveys: Surveys,
): Readonly<Record<string, readonly VipPlace[]>> {
  const found = [...surveys].flatMap(([node, { foreign }]): [string, readonly VipPlace[]][] => {
    const here = foreign.filter((place) => place.ip === ip);
    return here.length === 0 || candidates.some((row) => row.node === node) ? [] : [[node, here]];
  });
  return Object.fromEntries(found);
}

/** That it is still there. */
export function strayFailure({ ip, node }: StrayAddress): Failure {
  return {
    code: "not-as-wanted",
    node,
    message: `It has ${ip} from pictl, which the config no longer gives it.`,
    hint: "`pictl daemon` takes it back, and so does `pictl daemon --once`; `pictl log --type vip` says why not.",
  };
}
