/**
 * Cut cables, as the switch keeps them: pairs of ports between which nothing passes, in one direction each. The set
 * makes cutting and healing idempotent; ports are named like what is plugged in.
 */
import { PictlError } from "../../domain/errors.ts";
import type { LabPlan } from "../files/plan.ts";
import { runHere } from "../machine/run.ts";
import { switchNamespace, switchPid } from "./switch.ts";
import { CONTROLLER, type Cut } from "../types.ts";

export type CutPair = readonly [from: string, to: string];

export async function readCuts(switchProcess: number): Promise<CutPair[]> {
  const text = await runHere("read the lab's cuts", [
    ...switchNamespace(switchProcess),
    "nft",
    "-j",
    "list",
    "set",
    "bridge",
    "pictl",
    "cuts",
  ]);
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

export async function changeCuts(plan: LabPlan, verb: "add" | "delete", pairs: readonly CutPair[]): Promise<void> {
  if (pairs.length === 0) return;
  const elements = pairs.map(([from, to]) => `"${from}" . "${to}"`).join(", ");
  await runHere("change the lab's cuts", [...switchNamespace(switchPid(plan)), "nft", "-f", "-"], {
    stdin: `${verb} element bridge pictl cuts { ${elements} }\n`,
  });
}

export function checkPort(plan: LabPlan, port: string): void {
  if (switchPorts(plan).includes(port)) return;
  throw new PictlError("unknown-node", `Lab "${plan.record.name}" has no node "${port}".`, {
    hint: `Its nodes are ${plan.nodes.length > 1 ? `n1 to n${plan.nodes.length}` : "n1"}.`,
  });
}

export function switchPorts(plan: LabPlan): string[] {
  return [CONTROLLER, ...plan.nodes.map((node) => node.name)];
}
