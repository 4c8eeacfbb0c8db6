/** Cut cables: pairs of ports of the switch between which nothing passes, in one direction each. */
import { PictlError } from "../domain/errors.ts";
import { planLab, type LabPlan } from "./plan.ts";
import { needLab } from "./record.ts";
import { run } from "./run.ts";
import { statusOf } from "./status.ts";
import { switchNamespace, switchPid } from "./switch.ts";
import { CONTROLLER, type Cut, type LabStatus } from "./types.ts";

export type CutPair = readonly [from: string, to: string];

export interface LabCutOptions {
  readonly name?: string | undefined;
  /** A node, or `controller`. */
  readonly node: string;
  /** A node, `controller`, or `nodes` for all other nodes; default everybody. */
  readonly from?: string | undefined;
  /** Only what `node` sends is lost; what is sent to it arrives. */
  readonly oneWay?: boolean | undefined;
}

/** Cuts a node off. Cutting what is cut changes nothing. Throws unknown-node and lab-failed. */
export async function labCut(options: LabCutOptions): Promise<LabStatus> {
  const plan = planLab(needLab(options.name ?? "lab"));
  const peers = peersOf(plan, options.node, options.from);
  const sent = peers.map((peer): CutPair => [options.node, peer]);
  const received = peers.map((peer): CutPair => [peer, options.node]);
  await changeCuts(plan, "add", options.oneWay === true ? sent : [...sent, ...received]);
  return statusOf(plan.record);
}

/** Mends every cut of a node, or of all. Throws unknown-node and lab-failed. */
export async function labHeal(options: { readonly name?: string | undefined; readonly node?: string | undefined }): Promise<LabStatus> {
  const plan = planLab(needLab(options.name ?? "lab"));
  if (options.node !== undefined) checkPort(plan, options.node);
  const cuts = await readCuts(switchPid(plan));
  await changeCuts(plan, "delete", cuts.filter((pair) => options.node === undefined || pair.includes(options.node)));
  return statusOf(plan.record);
}

export async function readCuts(switchProcess: number): Promise<CutPair[]> {
  const text = await run("read the lab's cuts", [...switchNamespace(switchProcess), "nft", "-j", "list", "set", "bridge", "pictl", "cuts"]);
  const { nftables } = JSON.parse(text) as { nftables: { set?: { elem?: { concat: [string, string] }[] } }[] };
  return nftables.flatMap((entry) => entry.set?.elem ?? []).map(({ concat }) => concat);
}

/** The same from one port's point of view. Pure. */
export function cutsOf(port: string, cuts: readonly CutPair[]): Cut[] {
  const to = cuts.filter((pair) => pair[0] === port).map((pair) => pair[1]);
  const from = cuts.filter((pair) => pair[1] === port).map((pair) => pair[0]);
  return [...new Set([...to, ...from])].sort().map((peer) => ({
    peer,
    direction: !from.includes(peer) ? "to" : to.includes(peer) ? "both" : "from",
  }));
}

function peersOf(plan: LabPlan, port: string, from: string | undefined): string[] {
  checkPort(plan, port);
  const others = portsOf(plan).filter((other) => other !== port);
  if (from === undefined) return others;
  if (from === "nodes") return others.filter((other) => other !== CONTROLLER);
  checkPort(plan, from);
  if (from === port) throw new PictlError("usage", `${port} cannot be cut off from itself.`, { hint: "Name another node, or leave --from out." });
  return [from];
}

export function checkPort(plan: LabPlan, port: string): void {
  if (portsOf(plan).includes(port)) return;
  throw new PictlError("unknown-node", `Lab "${plan.record.name}" has no node "${port}".`, {
    hint: `Its nodes are ${plan.nodes.length > 1 ? `n1 to n${plan.nodes.length}` : "n1"}.`,
  });
}

function portsOf(plan: LabPlan): string[] {
  return [CONTROLLER, ...plan.nodes.map((node) => node.name)];
}

async function changeCuts(plan: LabPlan, verb: "add" | "delete", pairs: readonly CutPair[]): Promise<void> {
  if (pairs.length === 0) return;
  const elements = pairs.map(([from, to]) => `"${from}" . "${to}"`).join(", ");
  await run("change the lab's cuts", [...switchNamespace(switchPid(plan)), "nft", "-f", "-"], {
    stdin: `${verb} element bridge pictl cuts { ${elements} }\n`,
  });
}
