/** Labs for tests and for programs that are none: real nodes, driven from outside. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkMachine,
  labCut,
  type LabCutOptions,
  labDown,
  labHeal,
  labKill,
  type LabNodeStatus,
  type LabOptions,
  type LabPorts,
  labStart,
  labStatus,
  type LabStatus,
  labUp,
  missingPackages,
} from "../../src/lab/index.ts";

/** A lab of the file's own; ready inside tests and hooks that are registered after it. */
export interface TestLab {
  readonly name: string;
  /** As it was when it came up; `refresh` looks again. */
  status(): LabStatus;
  refresh(): Promise<LabStatus>;
  node(name: string): LabNodeStatus;
  /** Runs sh text inside a node by a side door (namespaces, not SSH). Rejects when it exits with anything but 0. */
  inside(node: string, script: string): Promise<string>;
  /** Runs sh text in the switch's network namespace, where `n1` is the port of n1 (`ip link set n1 down`). */
  onSwitch(script: string): Promise<string>;
  cut(node: string, options?: Omit<LabCutOptions, "name" | "node">): Promise<LabStatus>;
  heal(node?: string): Promise<LabStatus>;
  kill(node: string): Promise<LabStatus>;
  start(node: string): Promise<LabStatus>;
}

/** Why this machine can run no lab, and says so on stderr; undefined when it can. For `describe.skipIf`. */
export async function labObstacle(
  options: { readonly docker: boolean } = { docker: true },
): Promise<string | undefined> {
  const reason = await obstacle(options.docker);
  if (reason !== undefined) process.stderr.write(`Lab tests do not run here: ${reason}\n`);
  return reason;
}

/** A lab that is up, until `down`. */
export async function openLab(
  options: Omit<LabOptions, "name" | "dir"> = {},
): Promise<TestLab & { down(): Promise<void> }> {
  const name = labName();
  await removeAbandoned();
  let current = await labUp({ ...options, name, dir: folderOf(name) }, silent);
  const node = (wanted: string): LabNodeStatus => {
    const found = current.nodes.find((row) => row.node === wanted);
    if (found === undefined) throw new Error(`the lab has no node ${wanted}`);
    return found;
  };
  const keep = async (status: Promise<LabStatus>): Promise<LabStatus> => (current = await status);
  return {
    name,
    status: () => current,
    node,
    refresh: () => keep(labStatus({ name })),
    inside: (wanted, script) => insideProcess(node(wanted).pid, script),
    onSwitch: (script) => shell(["--target", String(current.switchPid), "--net"], script),
    cut: (wanted, cut = {}) => keep(labCut({ name, node: wanted, ...cut })),
    heal: (wanted) => keep(labHeal({ name, node: wanted })),
    kill: (wanted) => keep(labKill({ name, node: wanted }, silent)),
    start: (wanted) => keep(labStart({ name, node: wanted }, silent)),
    down: async () => {
      await labDown({ name }, silent);
      // What tests put there is theirs, and stays.
      rmSync(folderOf(name), { recursive: true, force: true });
    },
  };
}

function folderOf(name: string): string {
  return join(tmpdir(), `pictl-${name}`);
}

let labs = 0;

/** No two labs of any test process on this machine share a name; at most 12 characters. */
export function labName(): string {
  labs += 1;
  return `t${process.pid.toString(36)}-${process.env["VITEST_POOL_ID"] ?? "0"}-${labs.toString(36)}`.slice(0, 12);
}

/** Takes down the labs of test processes that were killed before they could. */
async function removeAbandoned(): Promise<void> {
  const files = existsSync("/run/pictl-lab") ? readdirSync("/run/pictl-lab") : [];
  for (const file of files) {
    const [, name, pid] = /^(t([0-9a-z]+)-.*)\.json$/.exec(file) ?? [];
    if (name !== undefined && pid !== undefined && !existsSync(`/proc/${Number.parseInt(pid, 36)}`)) {
      await labDown({ name }, silent);
      rmSync(folderOf(name), { recursive: true, force: true });
    }
  }
}

/** Ports that show nothing. */
export const silent: LabPorts = {
  progress: {
    step: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
    warn: () => undefined,
  },
};

function insideProcess(pid: number | null, script: string): Promise<string> {
  if (pid === null) return Promise.reject(new Error("the node has no power"));
  return shell(["--target", String(pid), "--all", "--root", "--wd"], script);
}

function shell(where: readonly string[], script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // This machine's folder for temporary files is none of a node's.
    const options = { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, TMPDIR: "/tmp" } };
    execFile("nsenter", [...where, "sh", "-c", script], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${script}: ${error.message}\n${stderr}`, { cause: error }));
    });
  });
}

async function obstacle(docker: boolean): Promise<string | undefined> {
  try {
    await checkMachine();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const missing = missingPackages(docker);
  return missing.length === 0 ? undefined : `packages are missing: ${missing.join(" ")}`;
}
