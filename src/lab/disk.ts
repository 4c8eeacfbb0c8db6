/** A node's disk: a folder of the lab in which the node keeps all that outlives a power loss. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
} from "node:fs";
import { rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { fstab, nodeFolders } from "./fstab.ts";
import type { NodeKeys } from "./keys.ts";
import type { LabPlan } from "./plan.ts";
import { attempt, run } from "./run.ts";
import { template } from "./templates.ts";
import type { LabNode } from "./types.ts";

/** What is the same for every node of a lab; read once. */
export interface DiskSource {
  readonly overlays: boolean;
  readonly folders: readonly string[];
  readonly links: readonly (readonly [name: string, target: string])[];
  readonly shadow: string;
  readonly shadowGroup: number;
  readonly sshdConfig: string;
  readonly hosts: string;
  readonly authorizedKey: string;
}

export async function diskSource(plan: LabPlan, authorizedKey: string, signal?: AbortSignal): Promise<DiskSource> {
  const entries = readdirSync("/");
  const isLink = (name: string): boolean => lstatSync(`/${name}`).isSymbolicLink();
  return {
    overlays: await overlaysWork(plan, signal),
    folders: entries.filter((name) => !isLink(name)),
    links: entries.filter(isLink).map((name) => [name, readlinkSync(`/${name}`)] as const),
    shadow: withoutPasswords(readFileSync("/etc/shadow", "utf8")),
    shadowGroup: statSync("/etc/shadow").gid,
    sshdConfig: [...plan.record.sshdOptions.map((option) => option.replace("=", " ")), template("sshd_config")].join(
      "\n",
    ),
    hosts: hostsFile(plan),
    authorizedKey,
  };
}

/** Makes the disk, or what is missing of it; what a node has written stays. */
export async function prepareDisk(plan: LabPlan, node: LabNode, keys: NodeKeys, source: DiskSource): Promise<void> {
  const home = userInfo({ encoding: "utf8" }).homedir;
  const mounts = fstab({
    dir: node.dir,
    overlays: source.overlays,
    hostFolders: source.folders,
    disk: plan.record.disk,
  });
  // The fstab is written last: a disk without one was never finished.
  if (existsSync(join(node.dir, "fstab"))) {
    write(node, "fstab", mounts);
    return;
  }
  rmSync(node.dir, { recursive: true, force: true });
  for (const [path, mode] of nodeFolders(source.folders, home)) {
    mkdirSync(join(node.dir, path), { recursive: true });
    chmodSync(join(node.dir, path), mode);
  }
  for (const [name, target] of source.links) symlinkSync(target, join(node.dir, "root", name));
  symlinkSync("/run", join(node.dir, "root/var/run"));
  symlinkSync("/run/lock", join(node.dir, "root/var/lock"));
  const etc = source.overlays ? "etc" : "root/etc";
  if (!source.overlays) await run("copy /etc for a node", ["cp", "-aT", "/etc", join(node.dir, etc)]);
  for (const folder of ["docker", "ssh"]) mkdirSync(join(node.dir, etc, folder), { recursive: true });
  write(node, `${etc}/hostname`, `${node.name}\n`);
  write(node, `${etc}/hosts`, source.hosts);
  write(node, `${etc}/resolv.conf`, "# A lab has no name server.\n");
  write(node, `${etc}/shadow`, source.shadow, 0o640);
  chownSync(join(node.dir, etc, "shadow"), 0, source.shadowGroup);
  write(node, `${etc}/ssh/sshd_config`, source.sshdConfig);
  write(node, `${etc}/ssh/ssh_host_ed25519_key`, keys.privateKey, 0o600);
  write(node, `${etc}/ssh/ssh_host_ed25519_key.pub`, keys.publicKey);
  write(node, `${etc}/docker/daemon.json`, daemonJson(plan, node));
  write(node, `root${home}/.ssh/authorized_keys`, source.authorizedKey, 0o600);
  write(node, "fstab", mounts);
}

/** An overlay needs a file system below it that is none itself; tried where it will be used. */
async function overlaysWork(plan: LabPlan, signal?: AbortSignal): Promise<boolean> {
  const dir = join(plan.paths.nodes, ".overlay");
  for (const name of ["upper", "work", "root"]) mkdirSync(join(dir, name), { recursive: true });
  const options = `lowerdir=/etc,upperdir=${dir}/upper,workdir=${dir}/work`;
  const mount = ["unshare", "--mount", "mount", "-t", "overlay", "overlay", "-o", options, join(dir, "root")];
  return (await attempt(mount, { signal })).code === 0;
}

/** No password of this machine opens a lab node, nor does its absence lock root out. */
function withoutPasswords(shadow: string): string {
  return shadow.replace(/^([^:\n]+):[^:\n]*/gm, "$1:*");
}

function hostsFile(plan: LabPlan): string {
  const rows = plan.nodes.map((node) => `${node.address} ${node.name}`);
  return ["127.0.0.1 localhost", "::1 localhost ip6-localhost", `${plan.controller} controller`, ...rows, ""].join(
    "\n",
  );
}

function daemonJson(plan: LabPlan, node: LabNode): string {
  const settings = { "cgroup-parent": `${plan.cgroup}/${node.name}`, "exec-opts": ["native.cgroupdriver=cgroupfs"] };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function write(node: LabNode, path: string, text: string, mode = 0o644): void {
  const full = join(node.dir, path);
  writeFileSync(full, text);
  chmodSync(full, mode);
}
