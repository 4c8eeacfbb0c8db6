/** A node's power: on, off, and whether its services answer. */
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { uptime } from "node:os";
import { join } from "node:path";
import { thaw } from "./cgroups.ts";
import { launchHere, launchedBefore } from "../machine/launch.ts";
import type { LabPlan } from "../files/plan.ts";
import {
  childrenOf,
  isProcessAlive,
  signalProcess,
  processRef,
  untilGone,
  type ProcessRef,
} from "../machine/process.ts";
import { attempt } from "../machine/run.ts";
import { plugIn, unplug, untilOwnNetwork } from "../network/switch.ts";
import { templatePath } from "../files/templates.ts";
import type { LabNode } from "../types.ts";

/** Starts the first process of each node and plugs it in. Services come up later: see `untilReady`. */
export async function powerOn(plan: LabPlan, nodes: readonly LabNode[], signal?: AbortSignal): Promise<void> {
  const clock = await uptimeFromZero(signal);
  const started = nodes.map((node) => ({
    node,
    process: launchHere(initWords(plan, node, clock), recordFile(plan, node), logFile(node, "init")),
  }));
  await Promise.all(started.map(({ node, process }) => untilOwnNetwork(process.ref, node.name, signal)));
  await plugIn(
    plan,
    started.map(({ node, process }) => ({ node, pid: process.ref.pid })),
    signal,
  );
  for (const { process } of started) {
    process.go();
    process.release();
  }
}

function initWords(plan: LabPlan, node: LabNode, clock: readonly string[]): string[] {
  const services = plan.record.docker ? ["sshd", "dockerd"] : ["sshd"];
  return [
    ...["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", ...clock, "--fork", "--kill-child"],
    ...["sh", templatePath("init.sh"), node.dir, node.name, `${node.address}/${plan.prefix}`, ...services],
  ];
}

/** A node's /proc/uptime counts from when its power came on, where kernel and util-linux know how. */
async function uptimeFromZero(signal?: AbortSignal): Promise<string[]> {
  const words = ["--time", "--boottime", `-${Math.floor(uptime())}`];
  const { code } = await attempt(["unshare", ...words, "--fork", "true"], { signal });
  return code === 0 ? words : [];
}

/** Power loss: off the network first, so that no goodbye of a dying process is heard, then everything ends at once. */
export async function powerOff(plan: LabPlan, node: LabNode): Promise<void> {
  await unplug(plan, node);
  await endNodes(plan, [node]);
}

/** Ends all processes of the nodes. Gives those that are still there after 10 s. */
export async function endNodes(plan: LabPlan, nodes: readonly LabNode[]): Promise<ProcessRef[]> {
  const refs = nodes.flatMap((node) => nodeRef(plan, node) ?? []);
  for (const ref of refs) signalProcess(initOf(ref) ?? ref, "SIGKILL");
  // A node's pid 1 is gone when everything in it is.
  for (const node of nodes) thaw(`${plan.cgroup}/${node.name}`);
  if (!(await untilGone(refs, 5000))) for (const ref of refs) signalProcess(ref, "SIGKILL");
  await untilGone(refs, 5000);
  return refs.filter(isProcessAlive);
}

/** The process that holds the node's namespaces from outside; undefined when the node has no power. */
export function nodeRef(plan: LabPlan, node: LabNode): ProcessRef | undefined {
  const ref = launchedBefore(recordFile(plan, node));
  return ref !== undefined && isProcessAlive(ref) ? ref : undefined;
}

/** The node's first process, its pid 1. */
export function initOf(holder: ProcessRef): ProcessRef | undefined {
  const [pid] = childrenOf(holder.pid);
  return pid === undefined ? undefined : processRef(pid);
}

/** Has sshd bound its port? Read from the node's own socket table: a connection would count as a failed login. */
export function sshdListens(init: ProcessRef, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"].some((table) =>
    readOr(`/proc/${init.pid}/net/${table}`, "")
      .split("\n")
      .some((row) => {
        const [, local, , state] = row.trim().split(/\s+/);
        return state === "0A" && local?.endsWith(suffix) === true;
      }),
  );
}

export function dockerdAnswers(init: ProcessRef): Promise<boolean> {
  return new Promise((resolve) => {
    const socketPath = `/proc/${init.pid}/root/run/docker.sock`;
    const ping = request({ socketPath, path: "/_ping", timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => {
      resolve(false);
    });
    ping.end();
  });
}

/** Exit code of a service that has ended; undefined while it runs. */
export function serviceExit(init: ProcessRef, service: string): string | undefined {
  const file = `/proc/${init.pid}/root/run/${service}.exit`;
  return existsSync(file) ? readOr(file, "?").trim() : undefined;
}

export function logFile(node: LabNode, service: string): string {
  return join(node.dir, "root/var/log", `${service}.log`);
}

/** The last lines of a log that tell of trouble, for an error. */
export function logTail(node: LabNode, service: string): string {
  const lines = readOr(logFile(node, service), "").trimEnd().split("\n");
  return lines
    .filter((line) => !line.includes(" level=info "))
    .slice(-8)
    .join("\n");
}

function recordFile(plan: LabPlan, node: LabNode): string {
  return join(plan.paths.run, node.name);
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}
