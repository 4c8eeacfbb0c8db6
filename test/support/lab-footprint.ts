/** Everything on this machine that carries a lab's mark, to compare what was with what is left. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface Mark {
  readonly name: string;
  readonly dir: string;
  /** Namespaces that the lab's processes were seen in; see `namespacesOf`. */
  readonly namespaces?: ReadonlySet<string>;
  /** When they were seen (`sinceBoot`): the kernel gives a namespace's number to the next one, which may be another lab's. */
  readonly seenAt?: number;
}

/** Hundredths of a second since this machine's start, as /proc tells them of processes. */
export function sinceBoot(): number {
  return Math.ceil(Number.parseFloat(read("/proc/uptime")) * 100);
}

/** One line for each process, namespace, mount, control group, interface and file of the lab. */
export function footprint({ name, dir, namespaces = new Set(), seenAt = Infinity }: Mark): string[] {
  const inNamespaces = pids().filter(
    (pid) => startOf(pid) <= seenAt && links(pid).some((link) => namespaces.has(link)),
  );
  const withDir = pids().filter((pid) => read(`/proc/${pid}/cmdline`).includes(`${dir}/`));
  const mounts = new Set(pids().flatMap((pid) => read(`/proc/${pid}/mountinfo`).split("\n")));
  const isOurs = (row: string): boolean =>
    row.includes(`${dir}/`) || [...namespaces].some((link) => row.includes(link));
  return [
    ...[...new Set([...inNamespaces, ...withDir])].map(
      (pid) => `process ${read(`/proc/${pid}/cmdline`).replaceAll("\0", " ")}`,
    ),
    ...[...mounts].filter(isOurs).map((row) => `mount ${row}`),
    ...cgroupRoots()
      .map((root) => join(root, "pictl-lab", name))
      .filter((path) => existsSync(path))
      .map((path) => `cgroup ${path}`),
    ...readdirSync("/sys/class/net")
      .filter((link) => link === `pl-${name}`)
      .map((link) => `interface ${link}`),
    ...execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
      .split("\n")
      .filter((row) => row.includes(name)),
    ...execFileSync("nft", ["list", "tables"], { encoding: "utf8" })
      .split("\n")
      .filter((row) => row.includes("pictl")),
    ...(existsSync("/run/pictl-lab") ? readdirSync("/run/pictl-lab") : [])
      .filter((file) => file === name || file.startsWith(`${name}.`))
      .map((file) => `registry ${file}`),
    ...[dir].filter((path) => existsSync(path)).map((path) => `folder ${path}`),
  ];
}

/** All namespaces, but this machine's own, of a process and of everything below it. */
export function namespacesOf(pid: number): Set<string> {
  const ours = new Set(links(process.pid));
  const family = [pid];
  for (const parent of family) {
    family.push(...read(`/proc/${parent}/task/${parent}/children`).split(" ").filter(Boolean).map(Number));
  }
  return new Set(family.flatMap(links).filter((link) => !ours.has(link)));
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function links(pid: number): string[] {
  return ["net", "mnt", "pid", "uts", "ipc"].flatMap((type) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${type}`)];
    } catch {
      return [];
    }
  });
}

/** In hundredths of a second since this machine's start; Infinity for one that is gone. */
function startOf(pid: number): number {
  const [, fields] = /\) (.*)/s.exec(read(`/proc/${pid}/stat`)) ?? [];
  return Number(fields?.split(" ")[19] ?? Infinity);
}

function cgroupRoots(): string[] {
  return read("/proc/self/mounts")
    .split("\n")
    .map((row) => row.split(" "))
    .filter(([, , type]) => type === "cgroup" || type === "cgroup2")
    .flatMap(([, path]) => path ?? []);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
