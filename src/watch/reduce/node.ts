import type { VipCandidateRow } from "../../app/vip/show.ts";
import type { NodeHappening } from "../happening.ts";
import type { LiveNode, LiveVip, Model } from "../model.ts";
import { deniesUs } from "../../domain/ssh/connect/refusal.ts";
import { rowsOf } from "./rows.ts";

type Of<Kind extends NodeHappening["kind"]> = Extract<NodeHappening, { readonly kind: Kind }> & {
  readonly atMs: number;
};

/** Nobody has looked for a while: what was known is known no more. */
export function lookBegun(model: Model, atMs: number): Model {
  return withNodes(model, (node) =>
    rowsOf(
      model,
      {
        ...node,
        state: "connecting",
        sinceMs: atMs,
        failure: null,
        use: null,
        docker: { ...node.docker, state: "connecting", failure: null, hears: false },
      },
      atMs,
    ),
  );
}

export function nodeAnswered(model: Model, { node: name, probe, use, vips, atMs }: Of<"node-answered">): Model {
  const before = model.nodes.get(name);
  if (!before) return model;
  const { facts } = before;
  const came = before.state !== "answering";
  const node: LiveNode = {
    ...before,
    state: "answering",
    sinceMs: came ? atMs : before.sinceMs,
    failure: null,
    seenAtMs: atMs,
    facts: { ...facts, ...probe, reachable: true, vip: model.vips.size === 0 ? null : vips.size > 0 },
    use,
  };
  const changed = withNode(model, came ? rowsOf(model, node, atMs) : node);
  return { ...changed, vips: heldBy(changed.vips, { node: name, vips, atMs }) };
}

/** Between two looks at an address, the nodes themselves tell who has it. */
function heldBy(
  all: Model["vips"],
  { node, vips, atMs }: Pick<Of<"node-answered">, "node" | "vips" | "atMs">,
): Model["vips"] {
  let changed: Map<string, LiveVip> | undefined;
  for (const [ip, vip] of all) {
    const seconds = vips.get(ip);
    const held = vip.holders.includes(node);
    if (seconds === undefined && !held) continue;
    const others = vip.holders.filter((each) => each !== node);
    const holders = seconds === undefined ? others : [...others, node];
    const leaseSecondsLeft = seconds !== undefined && Number.isFinite(seconds) ? seconds : null;
    const first = vip.node !== null && holders.includes(vip.node) ? vip.node : (holders[0] ?? null);
    changed ??= new Map(all);
    const candidates = vip.candidates.map((each) =>
      each.node === node ? { ...each, ...standing(each, seconds) } : each,
    );
    changed.set(ip, { ...vip, candidates, holders, node: first, leaseSecondsLeft, seenAtMs: atMs });
  }
  return changed ?? all;
}

function standing(
  { state }: VipCandidateRow,
  seconds: number | undefined,
): Pick<VipCandidateRow, "state" | "leaseSecondsLeft"> {
  if (seconds === undefined) return { state: state === "holds" ? "fit" : state, leaseSecondsLeft: null };
  return { state: "holds", leaseSecondsLeft: Number.isFinite(seconds) ? seconds : null };
}

export function nodeLost(model: Model, { node: name, failure, atMs }: Of<"node-lost">): Model {
  const before = model.nodes.get(name);
  if (!before) return model;
  const state = deniesUs(failure.code) ? "refused" : "silent";
  const node: LiveNode = {
    ...before,
    state,
    sinceMs: before.state === state ? before.sinceMs : atMs,
    failure,
    facts: { ...before.facts, reachable: false },
    use: null,
    docker: { ...before.docker, state: "connecting", failure: null, hears: false },
  };
  if (before.state === state) return withNode(model, node);
  const changed = withNode(model, rowsOf(model, node, atMs));
  // Who does not answer may have it still, which nobody knows.
  return { ...changed, vips: heldBy(changed.vips, { node: name, vips: new Map(), atMs }) };
}

export function withNode(model: Model, node: LiveNode): Model {
  return { ...model, nodes: new Map([...model.nodes, [node.node, node]]) };
}

function withNodes(model: Model, change: (node: LiveNode) => LiveNode): Model {
  return { ...model, nodes: new Map([...model.nodes].map(([name, node]) => [name, change(node)])) };
}
