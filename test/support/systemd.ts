/** A machine for tests that runs systemd as its first process, as long as the test does. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { promisify } from "node:util";
import { onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../adapters/config/folder.ts";
import { patience } from "./patience.ts";

export interface SystemdMachine {
  /** What `sh` there says to it, as root, on stdout; rejects when it fails. */
  readonly run: (command: string) => Promise<string>;
}

const root = new URL("../..", import.meta.url).pathname;

/** Where the control groups of version 2 are; systemd needs one below them. */
function unifiedGroups(): string | undefined {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((row) => row.split(" "))
    .find(([, , type]) => type === "cgroup2")?.[1];
}

/** Why there can be none here; undefined when there can. For `test.skipIf`. */
export function whyNoSystemd(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  if (!existsSync("/usr/lib/systemd/systemd") && !existsSync("/lib/systemd/systemd")) return "needs systemd";
  return unifiedGroups() === undefined ? "needs control groups of version 2" : undefined;
}

/**
 * Boots it, with this machine's network. There are a user `pictl`, pictl in /opt/pictl (`/node /opt/pictl/bin/run.js`),
 * and a copy of the folder `cluster` as /etc/pictl, which is that user's.
 */
export async function bootSystemd({ cluster }: { readonly cluster: string }): Promise<SystemdMachine> {
  const group = join(unifiedGroups() ?? "", `pictl-test-${process.pid}`);
  mkdirSync(group);
  const [disk, node] = [temporaryFolder(), process.execPath];
  const namespaces = ["--mount", "--pid", "--uts", "--ipc", "--cgroup", "--propagation", "private"];
  // Also when these tests are killed.
  const boot = [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    ...namespaces,
    "--fork",
    "--kill-child",
    join(root, "test/support/systemd.sh"),
  ];
  // It has to be in its group before the namespace of groups is made.
  const script = 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"';
  const child = spawn("sh", ["-c", script, "sh", group, ...boot, disk, node, root, cluster], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += String(chunk)));
  const ended = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    await vi.waitFor(() => {
      removeGroups(group);
    }, patience);
  });
  const first = (): string => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  const run = async (command: string): Promise<string> => {
    const enter = ["--target", first(), "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--root", "--wd"];
    const env = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "SYSTEMD_PAGER="];
    return (await promisify(execFile)("nsenter", [...enter, "--", ...env, "sh", "-euc", command])).stdout;
  };
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
      // With another word than "running" it ends with 1.
      if ((await run("systemctl is-system-running || true")) !== "running\n") throw new Error(said);
    },
    { timeout: 20_000, interval: 100 },
  );
  return { run };
}

/** From the leaves up; throws while a process is in one of them. */
function removeGroups(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroups(join(group, entry.name));
  }
  rmdirSync(group);
}
