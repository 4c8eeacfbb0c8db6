/** Faults of the network: cables cut and mended. */
import { PictlError } from "../../domain/errors.ts";
import { changeCuts, checkPort, type CutPair, switchPorts, readCuts } from "./cuts.ts";
import { planLab, type LabPlan } from "../files/plan.ts";
import { needLab } from "../files/record.ts";
import { statusOf } from "../status.ts";
import { switchPid } from "./switch.ts";
import { CONTROLLER, type LabStatus } from "../types.ts";

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
export async function labHeal(options: {
  readonly name?: string | undefined;
  readonly node?: string | undefined;
}): Promise<LabStatus> {
  const plan = planLab(needLab(options.name ?? "lab"));
  if (options.node !== undefined) checkPort(plan, options.node);
  const cuts = await readCuts(switchPid(plan));
  await changeCuts(
    plan,
    "delete",
    cuts.filter((pair) => options.node === undefined || pair.includes(options.node)),
  );
  return statusOf(plan.record);
}

function peersOf(plan: LabPlan, port: string, from: string | undefined): string[] {
  checkPort(plan, port);
  const others = switchPorts(plan).filter((other) => other !== port);
  if (from === undefined) return others;
  if (from === "nodes") return others.filter((other) => other !== CONTROLLER);
  checkPort(plan, from);
  if (from === port)
    throw new PictlError("usage", `${port} cannot be cut off from itself.`, {
      hint: "Name another node, or leave --from out.",
    });
  return [from];
}
