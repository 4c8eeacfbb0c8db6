/**
 * The control groups that the nodes' Docker engines make: below one group a lab, in every hierarchy, version 1 and 2.
 * On version 2 it is runc that hands the controllers down to them.
 */
import { existsSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { until } from "../machine/wait.ts";

/** Removes a lab's groups; gives those that would not go within 5 s, because some process is still in them. */
export async function removeCgroups(cgroup: string): Promise<string[]> {
  thaw(cgroup);
  const groups = cgroupRoots().map((root) => join(root, cgroup));
  await until(() => groups.filter((group) => !removeTree(group)).length === 0, { timeoutMs: 5000 });
  // The folder all labs of this machine share goes with the last one.
  for (const group of groups) tryRmdir(dirname(group));
  return groups.filter((group) => existsSync(group));
}

/** Lets go of what paused containers hold frozen: in a freezer of version 1 a process does not even die of SIGKILL. */
export function thaw(cgroup: string): void {
  for (const root of cgroupRoots()) thawTree(join(root, cgroup));
}

function thawTree(group: string): void {
  unlessGone(() => {
    const state = join(group, "freezer.state");
    if (existsSync(state)) writeFileSync(state, "THAWED");
    for (const below of groupsIn(group)) thawTree(below);
  });
}

/** Mount points of all hierarchies, version 1 and 2. */
function cgroupRoots(): string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((row) => row.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .flatMap(([, path]) => path ?? []);
}

/** A group has only files of the kernel's and groups in it: rmdir from the leaves up. True when it is gone. */
function removeTree(group: string): boolean {
  if (!existsSync(group)) return true;
  for (const below of groupsIn(group)) removeTree(below);
  return tryRmdir(group);
}

function groupsIn(group: string): string[] {
  const entries = readdirSync(group, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

/** What is looked at may go at any moment. */
function unlessGone(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function tryRmdir(dir: string): boolean {
  try {
    rmdirSync(dir);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
