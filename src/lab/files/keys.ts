import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabPlan } from "./plan.ts";
import { runHere } from "../machine/run.ts";
import type { LabNode } from "../types.ts";

/** Makes the login key, one host key a node and known_hosts; keys that are there already are kept. */
export async function prepareKeys(plan: LabPlan, signal?: AbortSignal): Promise<void> {
  mkdirSync(plan.paths.hostKeys, { recursive: true, mode: 0o700 });
  const wanted: Key[] = [
    { file: plan.paths.key, comment: `pictl-lab-${plan.record.name}` },
    ...plan.nodes.map((node) => ({ file: hostKeyFile(plan, node), comment: `root@${node.name}` })),
  ];
  const missing = wanted.filter(({ file }) => !isComplete(file));
  const halves = [0, 1].map((half) => missing.filter((_, index) => index % 2 === half));
  await Promise.all(halves.map((keys) => generate(keys, signal)));
  writeFileSync(plan.paths.knownHosts, plan.nodes.map((node) => knownHostsLine(plan, node)).join(""));
}

/** A node's private host key; the public one has `.pub` behind it. */
export function hostKeyFile(plan: LabPlan, node: LabNode): string {
  return join(plan.paths.hostKeys, node.name);
}

interface Key {
  readonly file: string;
  readonly comment: string;
}

/** One shell for many keys: starting a process each from here costs more than making the key. */
async function generate(keys: readonly Key[], signal?: AbortSignal): Promise<void> {
  if (keys.length === 0) return;
  const loop =
    'while [ $# -gt 0 ]; do rm -f "$1"; ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1" || exit; shift 2; done';
  const args = keys.flatMap(({ file, comment }) => [file, comment]);
  await runHere("make SSH keys", ["sh", "-c", loop, "sh", ...args], { signal });
}

/** ssh-keygen writes the public half last; one that was killed may have left it empty. */
function isComplete(file: string): boolean {
  return (statSync(`${file}.pub`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function knownHostsLine(plan: LabPlan, node: LabNode): string {
  const host = plan.sshPort === 22 ? node.address : `[${node.address}]:${plan.sshPort}`;
  const [type, key] = readFileSync(`${hostKeyFile(plan, node)}.pub`, "utf8").split(" ");
  return `${host} ${type ?? ""} ${key ?? ""}\n`;
}
