/** A node's own files below /etc. */
import { readFileSync, statSync } from "node:fs";
import { hostKeyFile } from "../files/keys.ts";
import type { LabPlan } from "../files/plan.ts";
import { template } from "../files/templates.ts";
import type { LabNode } from "../types.ts";

export interface EtcFile {
  /** Below /etc. */
  readonly path: string;
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
  /** Default root's. */
  readonly group?: number;
}

/** What follows from the lab's options and may differ at the next `lab up`. */
export function settings(plan: LabPlan): EtcFile[] {
  return [
    { path: "hosts", text: hosts(plan) },
    { path: "ssh/sshd_config", text: sshdConfig(plan) },
  ];
}

/** What makes the node itself; written once. */
export function identity(plan: LabPlan, node: LabNode): EtcFile[] {
  const hostKey = hostKeyFile(plan, node);
  const shadow = readFileSync("/etc/shadow", "utf8");
  return [
    { path: "hostname", text: `${node.name}\n` },
    { path: "resolv.conf", text: "# A lab has no name server.\n" },
    { path: "shadow", text: withoutPasswords(shadow), mode: 0o640, group: statSync("/etc/shadow").gid },
    { path: "ssh/ssh_host_ed25519_key", text: readFileSync(hostKey, "utf8"), mode: 0o600 },
    { path: "ssh/ssh_host_ed25519_key.pub", text: readFileSync(`${hostKey}.pub`, "utf8") },
    { path: "docker/daemon.json", text: daemonJson(plan, node) },
  ];
}

function hosts(plan: LabPlan): string {
  const fixed = ["127.0.0.1 localhost", "::1 localhost ip6-localhost", `${plan.controller} controller`];
  return `${[...fixed, ...plan.nodes.map((node) => `${node.address} ${node.name}`)].join("\n")}\n`;
}

/** sshd takes the first value it meets of each option. */
function sshdConfig(plan: LabPlan): string {
  const options = plan.record.sshdOptions.map((option) => `${option.replace("=", " ")}\n`);
  return options.join("") + template("sshd_config");
}

/** No password of this machine opens a lab node, nor does root's lack of one lock it. */
function withoutPasswords(shadow: string): string {
  return shadow.replace(/^([^:\n]+):[^:\n]*/gm, "$1:*");
}

function daemonJson(plan: LabPlan, node: LabNode): string {
  const daemon = { "cgroup-parent": `${plan.cgroup}/${node.name}`, "exec-opts": ["native.cgroupdriver=cgroupfs"] };
  return `${JSON.stringify(daemon, null, 2)}\n`;
}
