/** A node's disk: a folder of the lab in which the node keeps all that outlives a power loss. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { lstatSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type EtcFile, identity, settings } from "./etc.ts";
import { fstab, nodeFolders } from "./fstab.ts";
import type { LabPlan } from "../files/plan.ts";
import { attempt, runHere } from "../machine/run.ts";
import type { LabNode } from "../types.ts";

/** What the disks of all nodes of a lab have in common. */
export interface DiskModel {
  /** The lab's folder can hold overlays of this machine's /etc and /usr. */
  readonly overlays: boolean;
  /** Folders and links of this machine's root. */
  readonly folders: readonly string[];
  readonly links: readonly string[];
  /** Root's home. */
  readonly home: string;
}

export async function diskModel(plan: LabPlan, signal?: AbortSignal): Promise<DiskModel> {
  const entries = readdirSync("/");
  const isLink = (name: string): boolean => lstatSync(`/${name}`).isSymbolicLink();
  return {
    overlays: await overlaysWork(plan, signal),
    folders: entries.filter((name) => !isLink(name)),
    links: entries.filter(isLink),
    home: userInfo({ encoding: "utf8" }).homedir,
  };
}

/** Makes a disk, or brings one that is there up to the lab's present options; what a node has written stays. */
export async function prepareDisk(plan: LabPlan, node: LabNode, model: DiskModel): Promise<void> {
  const mounts = join(node.dir, "fstab");
  const etc = join(node.dir, model.overlays ? "etc" : "root/etc");
  // The fstab is written last: a disk without one was never finished.
  if (!existsSync(mounts)) await newDisk(plan, node, model, etc);
  for (const file of settings(plan)) writeEtc(etc, file);
  const { overlays, folders } = model;
  writeFileSync(mounts, fstab({ dir: node.dir, overlays, hostFolders: folders, disk: plan.record.disk }));
}

async function newDisk(plan: LabPlan, node: LabNode, model: DiskModel, etc: string): Promise<void> {
  const root = join(node.dir, "root");
  rmSync(node.dir, { recursive: true, force: true });
  for (const [path, mode] of nodeFolders(model.folders, model.home)) {
    mkdirSync(join(node.dir, path), { recursive: true });
    chmodSync(join(node.dir, path), mode);
  }
  for (const name of model.links) symlinkSync(readlinkSync(`/${name}`), join(root, name));
  symlinkSync("/run", join(root, "var/run"));
  symlinkSync("/run/lock", join(root, "var/lock"));
  if (!model.overlays) await runHere("copy /etc for a node", ["cp", "-aT", "/etc", etc]);
  for (const file of identity(plan, node)) writeEtc(etc, file);
  const authorizedKeys = join(root, model.home, ".ssh/authorized_keys");
  writeFileSync(authorizedKeys, readFileSync(`${plan.paths.key}.pub`), { mode: 0o600 });
}

function writeEtc(etc: string, file: EtcFile): void {
  const path = join(etc, file.path);
  mkdirSync(dirname(path), { recursive: true });
  // A link that a copied /etc has there must not be followed out of the node.
  rmSync(path, { force: true });
  writeFileSync(path, file.text);
  chownSync(path, 0, file.group ?? 0);
  chmodSync(path, file.mode ?? 0o644);
}

/** An overlay needs a file system below it that is none itself; tried where it will be used. */
async function overlaysWork(plan: LabPlan, signal?: AbortSignal): Promise<boolean> {
  const dir = join(plan.paths.nodes, ".overlay");
  for (const name of ["upper", "work", "root"]) mkdirSync(join(dir, name), { recursive: true });
  const options = `lowerdir=/etc,upperdir=${dir}/upper,workdir=${dir}/work`;
  const mount = ["unshare", "--mount", "mount", "-t", "overlay", "overlay", "-o", options, join(dir, "root")];
  return (await attempt(mount, { signal })).code === 0;
}
