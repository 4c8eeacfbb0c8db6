import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { onLab } from "../lab.ts";
import { type Group, pictl, type Row } from "../row.ts";

const sizes = [64, 240, 960];
const port = 42_022;
/** As many as one sshd can listen at. */
const addressesEach = 16;
/** The longest that is waited for an election, and then for a round. */
const patienceMs = 180_000;
/** Two rounds of the heartbeat. */
const idleMs = 60_000;
/** V8 compiles for some minutes what a round goes through: a third of the processor time of the first ones. */
const settleMs = 240_000;
/** Clock ticks that Linux counts processes by. */
const ticksPerSecond = 100;

/**
 * `pictl daemon` that starts with many nodes, each an address of this machine: when it leads, and whom it takes for silent.
 * They all have the Docker of one lab node.
 */
export const rows: Group = () =>
  onLab({ name: "bench-leader", nodes: 1, docker: true }, async ({ nodes: [node] }) => {
    const engine = `unix:///proc/${String(node?.pid)}/root/run/docker.sock`;
    const all: Row[] = [];
    for (const nodes of sizes) all.push(...(await elected(nodes, engine)));
    return all;
  });

/** `engine`: the nodes' `DOCKER_HOST`. */
async function elected(count: number, engine: string): Promise<readonly Row[]> {
  const cluster = `bench-leadership-${String(process.pid)}`;
  const folder = await mkdtemp(join(tmpdir(), "pictl-bench-"));
  const addresses = Array.from(
    { length: count },
    (_, index) => `127.42.${String(index >> 7)}.${String((index & 127) + 1)}`,
  );
  const running: ChildProcess[] = [];
  try {
    const config = await write(folder, cluster, addresses);
    for (let first = 0; first < count; first += addressesEach)
      running.push(await sshd({ folder, engine, addresses: addresses.slice(first, first + addressesEach) }));
    const [program, ...args] = [...pictl, "daemon", "--config", config];
    const startedAt = performance.now();
    const daemon = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    running.push(daemon);
    let leadsAfter = Infinity;
    let silent = 0;
    createInterface({ input: daemon.stderr }).on("line", (line) => {
      if (line.includes('"type":"daemon.leads"')) leadsAfter = Math.min(leadsAfter, performance.now() - startedAt);
      if (line.includes('"type":"node.silent"')) silent += 1;
    });
    const until = performance.now() + patienceMs;
    const state = join(folder, "state", `daemon-${cluster}.json`);
    while (performance.now() < until && (leadsAfter === Infinity || !(await hasRound(state)))) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const what = `with ${String(count)} nodes that nobody is connected to`;
    const isLargest = count === sizes.at(-1);
    const idle: Row[] = isLargest && leadsAfter < Infinity ? [await cpuAtRest(daemon, count)] : [];
    return [
      { what: `until the daemon leads, ${what}`, value: leadsAfter / 1000, atMost: 10, unit: "s" },
      { what: `nodes that it takes for silent, ${what}`, value: silent, atMost: 0, unit: "×" },
      ...idle,
    ];
  } finally {
    await Promise.all(
      running.map(async (each) => {
        each.kill("SIGKILL");
        await once(each, "exit");
      }),
    );
    for (const path of [folder, `/var/lib/pictl/${cluster}`, `/run/pictl/${cluster}`]) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Of one processor, when its first rounds are over, with a heartbeat of 30 s and nothing to do. */
async function cpuAtRest({ pid = 0 }: ChildProcess, count: number): Promise<Row> {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const before = await cpuSeconds(pid);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const seconds = (performance.now() - startedAt) / 1000;
  const value = (100 * ((await cpuSeconds(pid)) - before)) / seconds;
  return { what: `processor of the daemon at rest, with ${String(count)} nodes`, value, atMost: 5, unit: "%" };
}

/** What a process and its children that have ended have used. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

async function hasRound(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.includes('"lastRound":{');
}

async function write(folder: string, cluster: string, addresses: readonly string[]): Promise<string> {
  const path = (name: string): string => join(folder, name);
  for (const key of ["host", "key"]) {
    await promisify(execFile)("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(key)]);
  }
  const [host, key] = await Promise.all(["host.pub", "key.pub"].map((name) => readFile(path(name), "utf8")));
  await writeFile(path("authorized_keys"), key ?? "");
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const known = addresses.map((address) => `[${address}]:${String(port)} ${(host ?? "").trim()}`);
  await writeFile(path("known_hosts"), `${known.join("\n")}\n`);
  const names = addresses.map((_, index) => `n${String(index + 1)}`);
  const config = {
    cluster,
    layout: names.map((node) => ({ node })),
    nodes: Object.fromEntries(names.map((name, index) => [name, { address: addresses[index], port }])),
    ssh: { user: "root", identity_file: "key", known_hosts_file: "known_hosts" },
    automatic_heartbeat: "enabled",
    state_dir: "state",
  };
  await writeFile(path("config.json"), JSON.stringify(config), { mode: 0o600 });
  return path("config.json");
}

/** Resolves when it listens at all of them. */
async function sshd({
  folder,
  engine,
  addresses,
}: {
  readonly folder: string;
  readonly engine: string;
  readonly addresses: readonly string[];
}): Promise<ChildProcess> {
  const file = join(folder, `sshd-${addresses[0] ?? ""}`);
  const lines = [
    ...addresses.map((address) => `ListenAddress ${address}:${String(port)}`),
    `HostKey ${join(folder, "host")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    "MaxStartups 100",
    "PidFile none",
    "StrictModes no",
    "PermitRootLogin yes",
    "UsePAM no",
    // What this machine's root has in its start-up files is not what is measured.
    `SetEnv HOME=${folder} DOCKER_HOST=${engine}`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let missing = addresses.length;
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      missing -= chunk.toString("utf8").split("listening").length - 1;
      if (missing <= 0) resolve();
    });
    child.on("exit", () => {
      reject(new Error(`sshd does not start with ${file}.`));
    });
  });
  return child;
}
