import { checkPort } from "../network/cuts.ts";
import { initOf, nodeRef, powerOff, powerOn, serviceExit } from "./node.ts";
import { planLab, type LabPlan } from "../files/plan.ts";
import { signalProcess, type ProcessRef } from "../machine/process.ts";
import { untilReady } from "./ready.ts";
import { needLab, withLabLock } from "../files/record.ts";
import { statusOf } from "../status.ts";
import { CONTROLLER, type LabNode, type LabPorts, type LabStatus } from "../types.ts";
import { until } from "../machine/wait.ts";
import { PictlError } from "../../domain/errors.ts";

export interface LabPowerOptions {
  readonly name?: string | undefined;
  readonly node: string;
}

/** Power loss: everything in the node ends at once, without a word on the network. Its disk stays. */
export async function labKill(options: LabPowerOptions, ports: LabPorts): Promise<LabStatus> {
  return withNode(options, ports, async (plan, node) => {
    await powerOff(plan, node);
  });
}

/** Power back: same address, same host key, same disk. On a running node, starts the services that have ended. */
export async function labStart(options: LabPowerOptions, ports: LabPorts): Promise<LabStatus> {
  return withNode(options, ports, async (plan, node) => {
    const step = ports.progress.step(node.name, "starting");
    try {
      const holder = nodeRef(plan, node);
      const init = holder === undefined ? undefined : initOf(holder);
      if (init === undefined) {
        // The port of a node that ended by itself may not have gone with it yet.
        await powerOff(plan, node);
        await powerOn(plan, [node], ports.signal);
      } else await restartServices(init, ports.signal);
      await untilReady(plan, node, step, ports.signal);
    } catch (error) {
      step.fail();
      throw error;
    }
    step.done("answers");
  });
}

async function restartServices(init: ProcessRef, signal?: AbortSignal): Promise<void> {
  const ended = ["sshd", "dockerd"].filter((name) => serviceExit(init, name) !== undefined);
  if (ended.length === 0) return;
  signalProcess(init, "SIGHUP");
  await until(() => ended.every((name) => serviceExit(init, name) === undefined), { timeoutMs: 5000, signal });
}

async function withNode(
  options: LabPowerOptions,
  ports: LabPorts,
  work: (plan: LabPlan, node: LabNode) => Promise<void>,
): Promise<LabStatus> {
  const name = options.name ?? "lab";
  return withLabLock(name, ports.signal, async () => {
    const plan = planLab(needLab(name));
    checkPort(plan, options.node);
    const node = plan.nodes.find((candidate) => candidate.name === options.node);
    if (node === undefined) {
      throw new PictlError("usage", `The ${CONTROLLER} is this machine: a lab cannot switch it off.`, {
        hint: "Name a node, as in `n1`.",
      });
    }
    await work(plan, node);
    return statusOf(plan.record);
  });
}
