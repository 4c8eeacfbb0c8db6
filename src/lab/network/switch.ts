/**
 * The switch: a bridge in a network namespace of its own, so that no firewall of this machine filters what crosses
 * it. A sleeping process holds the namespace; when it ends, the kernel removes bridge, ports and rules.
 */
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import { launchHere, launchedBefore } from "../machine/launch.ts";
import type { LabPlan } from "../files/plan.ts";
import { isProcessAlive, type ProcessRef } from "../machine/process.ts";
import { attempt, runHere } from "../machine/run.ts";
import { CONTROLLER, type LabNode } from "../types.ts";
import { until } from "../machine/wait.ts";

/** Pairs of (from, to) ports whose packets are dropped; sets make cutting and healing idempotent. */
const rules = `table bridge pictl {
  set cuts { typeof iifname . oifname; }
  chain forward { type filter hook forward priority 0; policy accept; iifname . oifname @cuts drop; }
}
`;

export async function startSwitch(plan: LabPlan, signal?: AbortSignal): Promise<void> {
  const holder = launchHere(
    ["unshare", "--net", "sleep", "infinity"],
    recordFile(plan),
    join(plan.paths.run, "switch.log"),
  );
  await untilOwnNetwork(holder.ref, "the switch", signal);
  const { pid } = holder.ref;
  holder.release();
  await runHere("make the lab's switch", ["nsenter", `--net=/proc/${pid}/ns/net`, "sh", "-ec", setUp], {
    stdin: rules,
    signal,
  });
  await ipBatch("plug this machine into the lab's switch", [], signal, [
    `link add ${plan.controllerLink} type veth peer name ${CONTROLLER} netns ${pid}`,
    `address add ${plan.controller}/${plan.prefix} dev ${plan.controllerLink}`,
    `link set ${plan.controllerLink} up`,
  ]);
  await ipBatch("plug this machine into the lab's switch", switchNamespace(pid), signal, [
    `link set ${CONTROLLER} master br0 up`,
  ]);
}

/** IPv6 is off on the switch itself only: its ports would otherwise talk to every node. */
const setUp = `echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6 || :
ip link add br0 type bridge forward_delay 0
ip link set br0 up
nft -f -`;

export interface Plug {
  readonly node: LabNode;
  /** A process in the node's network namespace. */
  readonly pid: number;
}

/** Gives each node its eth0 and plugs the other end in; the port has the node's name. */
export async function plugIn(plan: LabPlan, plugs: readonly Plug[], signal?: AbortSignal): Promise<void> {
  await ipBatch(
    "plug the nodes into the lab's switch",
    switchNamespace(switchPid(plan)),
    signal,
    plugs.flatMap(({ node, pid }) => [
      `link add ${node.name} type veth peer name eth0 address ${node.mac} netns ${pid}`,
      `link set ${node.name} master br0 up`,
    ]),
  );
}

/** Pulls a node's cable; nothing it says from then on, not even a goodbye, reaches anybody. */
export async function unplug(plan: LabPlan, node: LabNode): Promise<void> {
  await attempt([...switchNamespace(switchPid(plan)), "ip", "link", "delete", node.name]);
}

export function switchRef(plan: LabPlan): ProcessRef | undefined {
  const ref = launchedBefore(recordFile(plan));
  return ref !== undefined && isProcessAlive(ref) ? ref : undefined;
}

/** Throws lab-failed when the lab has no switch (any more). */
export function switchPid(plan: LabPlan): number {
  const ref = switchRef(plan);
  if (ref !== undefined) return ref.pid;
  throw new PictlError("lab-failed", `The switch of lab "${plan.record.name}" is not there: the lab is down.`, {
    hint: `Bring it up again with \`pictl lab up --name ${plan.record.name}\`.`,
  });
}

export function switchNamespace(pid: number): string[] {
  return ["nsenter", `--net=/proc/${pid}/ns/net`];
}

/** Waits until a process is in a network namespace other than ours. */
export async function untilOwnNetwork(ref: ProcessRef, what: string, signal?: AbortSignal): Promise<void> {
  const ours = readlinkSync("/proc/self/ns/net");
  const inside = (): boolean => {
    try {
      return readlinkSync(`/proc/${ref.pid}/ns/net`) !== ours;
    } catch {
      return true;
    }
  };
  const entered = await until(inside, { timeoutMs: 10_000, signal, everyMs: 3 });
  if (!entered || !isProcessAlive(ref)) {
    throw new PictlError("lab-failed", `Could not make the namespaces of ${what}.`, {
      hint: "The kernel or a container around this machine may forbid `unshare --net --pid --mount`; try it by hand.",
    });
  }
}

async function ipBatch(
  doing: string,
  prefix: string[],
  signal: AbortSignal | undefined,
  lines: string[],
): Promise<void> {
  await runHere(doing, [...prefix, "ip", "-batch", "-"], { stdin: `${lines.join("\n")}\n`, signal });
}

function recordFile(plan: LabPlan): string {
  return join(plan.paths.run, "switch");
}
