import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { PictlError } from "../domain/errors.ts";
import { missingEntries, writeEntries } from "./files/config.ts";
import { diskModel, prepareDisk } from "./node/disk.ts";
import { removeLab, stopLab } from "./down.ts";
import { prepareKeys } from "./files/keys.ts";
import { powerOn } from "./node/node.ts";
import { type CheckedOptions, checkOptions } from "./options.ts";
import { type LabPlan, OWN_ENTRIES, planLab } from "./files/plan.ts";
import { checkMachine, ensurePackages } from "./machine/prerequisites.ts";
import { currentBoot } from "./machine/process.ts";
import { untilReady } from "./node/ready.ts";
import { recordIn, register, registered, withLabLock, withRegistryLock, writeRecord } from "./files/record.ts";
import { statusOf } from "./status.ts";
import { chooseSubnet } from "./network/subnet-choice.ts";
import { startSwitch, switchRef } from "./network/switch.ts";
import type { LabOptions, LabPorts, LabRecord, LabStatus } from "./types.ts";

/**
 * Brings a lab up and waits until every node answers. A folder that `lab down --keep` or a crash left is gone on from:
 * config, keys and the nodes' disks stay. Throws missing-prerequisite, usage, lock-held, and lab-failed (then the
 * nodes are stopped, and the folder stays for its logs); on abort, interrupted, with nothing left.
 */
export async function labUp(options: LabOptions, ports: LabPorts): Promise<LabStatus> {
  const wanted = checkOptions(options);
  await checkMachine();
  await ensurePackages(wanted, ports.progress, ports.signal);
  return withLabLock(wanted.name, ports.signal, async () => {
    const plan = planLab(await writeDown(wanted, ports.signal));
    try {
      await build(plan, ports);
    } catch (error) {
      if (ports.signal?.aborted === true) {
        await removeLab(plan.record);
        throw new PictlError("interrupted", "Interrupted: the lab was taken down again.", { cause: error });
      }
      await stopLab(plan);
      throw error;
    }
    return statusOf(plan.record);
  });
}

/** Chooses and records everything, before any of it exists. */
async function writeDown(wanted: CheckedOptions, signal?: AbortSignal): Promise<LabRecord> {
  const old = registered(wanted.name) ?? recordIn(wanted.dir);
  if (old !== undefined) await clearOld(old, wanted);
  else checkFolder(wanted.dir);
  return withRegistryLock(signal, async () => {
    const subnet = await chooseSubnet({ ...wanted, subnet: wanted.subnet ?? old?.subnet ?? null }, signal);
    const draft: LabRecord = {
      version: 1,
      name: wanted.name,
      dir: wanted.dir,
      subnet,
      nodes: wanted.nodes,
      docker: wanted.docker,
      disk: wanted.disk,
      sshdOptions: wanted.sshdOptions,
      bootId: currentBoot(),
      madeDir: old === undefined ? topmostMissing(wanted.dir) : old.madeDir,
      wrote: [],
    };
    const record = { ...draft, wrote: [...new Set([...(old?.wrote ?? []), ...missingEntries(planLab(draft))])] };
    register(record);
    mkdirSync(wanted.dir, { recursive: true });
    writeRecord(record);
    return record;
  });
}

function topmostMissing(dir: string): string | null {
  if (existsSync(dir)) return null;
  return topmostMissing(dirname(dir)) ?? dir;
}

/** A lab of that name which runs is left alone; what a crash left of one is stopped. */
async function clearOld(old: LabRecord, wanted: CheckedOptions): Promise<void> {
  const plan = planLab(old);
  const hint = `Take it down with \`pictl lab down --name ${old.name}\`, or give another --name.`;
  if (old.bootId === currentBoot() && switchRef(plan) !== undefined && registered(old.name)?.dir === old.dir) {
    const { nodes } = await statusOf(old);
    if (nodes.some((node) => node.state === "running")) {
      throw new PictlError("lab-failed", `Lab "${old.name}" is already up, in ${old.dir}.`, { hint });
    }
  }
  if (old.name !== wanted.name || old.dir !== wanted.dir) {
    throw new PictlError("lab-failed", `${old.dir} still holds lab "${old.name}".`, { hint });
  }
  await stopLab(plan);
}

/** A folder with other things in it is fine, as long as none of them has a name the lab needs. */
function checkFolder(dir: string): void {
  const clash = existsSync(dir) ? readdirSync(dir).filter((entry) => OWN_ENTRIES.includes(entry)) : [];
  if (clash.length === 0) return;
  throw new PictlError("usage", `${dir} already holds ${clash.join(", ")}, which no lab wrote.`, {
    hint: "Choose another folder with --dir.",
  });
}

async function build(plan: LabPlan, { progress, signal }: LabPorts): Promise<void> {
  const step = progress.step("lab", `making ${plan.nodes.length} nodes in ${plan.record.subnet}`);
  try {
    for (const path of [plan.paths.run, plan.paths.nodes, plan.paths.state])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    await writeEntries(plan, signal);
    await Promise.all([prepareKeys(plan, signal), startSwitch(plan, signal)]);
    const model = await diskModel(plan, signal);
    for (const node of plan.nodes) {
      await prepareDisk(plan, node, model);
      await breathe(undefined, { signal });
    }
    await powerOn(plan, plan.nodes, signal);
  } catch (error) {
    step.fail();
    throw error;
  }
  step.done(`made ${plan.nodes.length} nodes in ${plan.record.subnet}`);
  await Promise.all(plan.nodes.map((node) => awaitNode(plan, node, { progress, signal })));
}

async function awaitNode(plan: LabPlan, node: LabPlan["nodes"][number], { progress, signal }: LabPorts): Promise<void> {
  const step = progress.step(node.name, "waiting for sshd");
  try {
    await untilReady(plan, node, step, signal);
  } catch (error) {
    step.fail();
    throw error;
  }
  step.done(`answers on ${node.address}`);
}
