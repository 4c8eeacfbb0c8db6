import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LabPlan } from "./plan.ts";
import { run } from "./run.ts";

export interface NodeKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

export interface LabKeys {
  /** The line for authorized_keys. */
  readonly login: string;
  /** Host keys by node. */
  readonly hosts: ReadonlyMap<string, NodeKeys>;
}

/** Makes the login key, one host key a node and known_hosts; keys that are there already are kept. */
export async function prepareKeys(plan: LabPlan, signal?: AbortSignal): Promise<LabKeys> {
  const dir = plan.paths.hostKeys;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const hostKeys = plan.nodes.map((node) => [join(dir, node.name), `root@${node.name}`] as const);
  const missing = [[plan.paths.key, `pictl-lab-${plan.record.name}`] as const, ...hostKeys].filter(
    ([file]) => !existsSync(`${file}.pub`),
  );
  const halves = [missing.filter((_, index) => index % 2 === 0), missing.filter((_, index) => index % 2 === 1)];
  await Promise.all(halves.map((part) => generate(part, signal)));
  const hosts = new Map(plan.nodes.map((node) => [node.name, readKeys(join(dir, node.name))]));
  const known = plan.nodes.map((node) => `${node.address} ${keyOf(hosts.get(node.name)?.publicKey ?? "")}\n`);
  writeFileSync(plan.paths.knownHosts, known.join(""));
  return { login: readFileSync(`${plan.paths.key}.pub`, "utf8"), hosts };
}

/** One shell for many keys: starting a process each from here costs more than making the key. */
async function generate(
  keys: readonly (readonly [file: string, comment: string])[],
  signal?: AbortSignal,
): Promise<void> {
  const loop =
    'while [ $# -gt 0 ]; do rm -f "$1"; ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1" || exit; shift 2; done';
  if (keys.length > 0) await run("make SSH keys", ["sh", "-c", loop, "sh", ...keys.flat()], { signal });
}

function readKeys(file: string): NodeKeys {
  return { privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8") };
}

/** Type and key of a public key's line, without its comment. */
function keyOf(line: string): string {
  return line.split(" ").slice(0, 2).join(" ");
}
