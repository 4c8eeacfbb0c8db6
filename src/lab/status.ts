import { cutsOf, readCuts } from "./network/cuts.ts";
import { dockerdAnswers, initOf, nodeRef, sshdListens } from "./node/node.ts";
import { planLab, type LabPlan } from "./files/plan.ts";
import { needLab } from "./files/record.ts";
import { switchRef } from "./network/switch.ts";
import type { LabNode, LabNodeStatus, LabRecord, LabStatus } from "./types.ts";

/** What of a lab is there and answers. Throws lab-failed when there is no lab of that name. */
export async function labStatus(options: { readonly name?: string | undefined }): Promise<LabStatus> {
  return statusOf(needLab(options.name ?? "lab"));
}

export async function statusOf(record: LabRecord): Promise<LabStatus> {
  const plan = planLab(record);
  const holder = switchRef(plan);
  const cuts = holder === undefined ? [] : await readCuts(holder.pid);
  return {
    name: record.name,
    dir: record.dir,
    config: plan.paths.config,
    subnet: record.subnet,
    controller: plan.controller,
    switchPid: holder?.pid ?? null,
    nodes: await Promise.all(
      plan.nodes.map(async (node) => ({ ...(await nodeStatus(plan, node)), cut: cutsOf(node.name, cuts) })),
    ),
  };
}

async function nodeStatus(plan: LabPlan, node: LabNode): Promise<Omit<LabNodeStatus, "cut">> {
  const holder = nodeRef(plan, node);
  const init = holder === undefined ? undefined : initOf(holder);
  const known = { node: node.name, address: node.address };
  if (init === undefined) {
    return { ...known, state: "stopped", pid: null, sshd: false, dockerd: plan.record.docker ? false : null };
  }
  return {
    ...known,
    state: "running",
    pid: init.pid,
    sshd: sshdListens(init, plan.sshPort),
    dockerd: plan.record.docker ? await dockerdAnswers(init) : null,
  };
}
