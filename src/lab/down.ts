import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { PictlError } from "../domain/errors.ts";
import { removeCgroups } from "./node/cgroups.ts";
import { demoFolders } from "./files/config.ts";
import { removeIfEmpty } from "./machine/lock.ts";
import { endNodes } from "./node/node.ts";
import { OWN_ENTRIES, planLab, type LabPlan } from "./files/plan.ts";
import { currentBoot, isProcessAlive, signalProcess, untilGone } from "./machine/process.ts";
import { findLab, unregister, withLabLock } from "./files/record.ts";
import { attempt, runHere } from "./machine/run.ts";
import { switchRef } from "./network/switch.ts";
import type { LabPorts, LabRecord } from "./types.ts";
import { until } from "./machine/wait.ts";

export interface LabDownOptions {
  readonly name?: string | undefined;
  /** Needed only for a lab in a folder of its own that did not survive a reboot of this machine. */
  readonly dir?: string | undefined;
  /** Leaves the folder (config, keys, the nodes' disks), so that `lab up` goes on from there. */
  readonly keep?: boolean | undefined;
}

export interface LabDownResult {
  readonly name: string;
  /** null: there was no such lab. */
  readonly dir: string | null;
  readonly nodes: readonly { readonly node: string }[];
  /** Paths in its folder that the lab did not write, and which stay. */
  readonly kept: readonly string[];
}

/** Takes a lab down, however much of it there is. Twice is the same as once. */
export async function labDown(options: LabDownOptions, ports: LabPorts): Promise<LabDownResult> {
  const name = options.name ?? "lab";
  return withLabLock(name, ports.signal, async () => {
    const record = findLab(name, options.dir);
    if (record === undefined) return { name, dir: null, nodes: [], kept: [] };
    const plan = planLab(record);
    const step = ports.progress.step("lab", `taking down ${record.nodes} nodes`);
    try {
      if (options.keep !== true) await removeLab(record);
      else await keepLab(plan);
    } catch (error) {
      step.fail();
      throw error;
    }
    step.done(`took down ${record.nodes} nodes`);
    const kept = options.keep === true || !existsSync(record.dir) ? [] : entriesOf(record.dir);
    return { name, dir: record.dir, nodes: plan.nodes.map(({ name: node }) => ({ node })), kept };
  });
}

export async function removeLab(record: LabRecord): Promise<void> {
  await stopLab(planLab(record));
  await removeFolder(record);
  unregister(record.name);
}

async function keepLab(plan: LabPlan): Promise<void> {
  await stopLab(plan);
  unregister(plan.record.name);
}

/** Ends all processes of a lab and removes its network and control groups; the folder stays. */
export async function stopLab(plan: LabPlan): Promise<void> {
  if (plan.record.bootId === currentBoot()) {
    const holder = switchRef(plan);
    const [left] = await Promise.all([endNodes(plan, plan.nodes), endSwitch(plan)]);
    if (left.length > 0 || (holder !== undefined && isProcessAlive(holder))) {
      throw new PictlError(
        "lab-failed",
        `Processes of lab "${plan.record.name}" did not end: ${left.map(({ pid }) => pid).join(", ")}.`,
        {
          hint: "They may hang in the kernel; try `pictl lab down` again in a minute.",
        },
      );
    }
  }
  const groups = await removeCgroups(plan.cgroup);
  if (groups.length > 0) {
    throw new PictlError("lab-failed", `Control groups are still in use: ${groups.join(", ")}.`, {
      hint: "A process of the lab may hang in the kernel; try `pictl lab down` again in a minute.",
    });
  }
  rmSync(plan.paths.run, { recursive: true, force: true });
}

/** Removes what the lab wrote. What somebody put into its folder stays, and so does a folder that was there before it. */
async function removeFolder(record: LabRecord): Promise<void> {
  const backup = record.wrote.includes("config.json") ? ["config.json.bak"] : [];
  const wrote = record.wrote.flatMap((entry) => (entry === "docker" ? demoFolders() : [entry]));
  const paths = [...backup, ...wrote, ...OWN_ENTRIES].map((entry) => join(record.dir, entry));
  // A program that a killed `lab up` had just started may still be writing.
  const remove = async (): Promise<boolean> =>
    (await attempt(["rm", "-rf", "--one-file-system", "--", ...paths])).code === 0;
  if (!(await until(remove, { timeoutMs: 2000 }))) {
    await runHere("remove the lab's folder", ["rm", "-rf", "--one-file-system", "--", ...paths]);
  }
  if (record.wrote.includes("docker")) removeIfEmpty(join(record.dir, "docker"));
  if (record.madeDir === null) return;
  for (let dir = record.dir; ; dir = dirname(dir)) {
    removeIfEmpty(dir);
    if (dir === record.madeDir) return;
  }
}

/** What is in a folder, with what is in its `docker` one by one: `docker/shop`. */
function entriesOf(dir: string): string[] {
  const docker = (entry: string): string[] => readdirSync(join(dir, entry)).map((image) => join(entry, image));
  return readdirSync(dir).flatMap((entry) => (entry === "docker" ? docker(entry) : [entry]));
}

/** The kernel takes the ports away a moment after their namespace has lost its last process. */
async function endSwitch(plan: LabPlan): Promise<void> {
  const link = `/sys/class/net/${plan.controllerLink}`;
  if (existsSync(link)) await attempt(["ip", "link", "delete", plan.controllerLink]);
  const holder = switchRef(plan);
  if (holder !== undefined) {
    signalProcess(holder, "SIGKILL");
    await untilGone([holder], 5000);
  }
  await until(() => !existsSync(link), { timeoutMs: 5000 });
}
