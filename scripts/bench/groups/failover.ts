import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { labKill, type LabStatus, labStart } from "../../../src/lab/index.ts";
import { call } from "../measure.ts";
import { onLab, ports } from "../lab.ts";
import { type Group, pictl } from "../row.ts";

const name = "bench-fo";
const intervalMs = 2000;
const runs = 3;
const port = 8080;
const givenUpMs = 60_000;

/** From the death of a node until its container serves on another one, where the image is there already. */
export const rows: Group = () =>
  onLab({ name, nodes: 3, docker: true }, async (lab) => {
    const everywhere = lab.nodes.map(({ node }) => node);
    await writeConfig(lab, everywhere);
    await run(lab, "build", "web");
    const seconds: number[] = [];
    for (let nth = 0; nth < runs; nth++) seconds.push(await takeover(lab));
    return [
      {
        what: `from a node's death until its container serves elsewhere, interval ${String(intervalMs / 1000)} s, slowest of ${String(runs)}`,
        value: Math.max(...seconds),
        atMost: (3 * intervalMs) / 1000 + 5,
        unit: "s",
      },
    ];
  });

async function writeConfig(lab: LabStatus, homes: readonly string[]): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const wanted = {
    ...config,
    layout: lab.nodes.map(({ node }) => (homes.includes(node) ? { node, web: `-p ${String(port)}:80` } : { node })),
    hb: homes.length === 1 ? [{ node: homes[0], web: String(port) }] : [],
    container_host_constraints: [{ container: ["web", ...lab.nodes.map(({ node }) => node)].join(",") }],
    automatic_heartbeat: "enabled",
    heartbeat_interval: intervalMs,
  };
  await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
}

/** As on the first day: a container that has just been moved may not move again. Resolves to seconds. */
async function takeover(lab: LabStatus): Promise<number> {
  const [first, ...others] = lab.nodes;
  if (first === undefined) throw new Error("a lab without nodes");
  await run(lab, "exec", "docker rm -f web >/dev/null; rm -rf /var/lib/pictl /run/pictl");
  await rm(join(lab.dir, "state"), { recursive: true, force: true });
  await writeConfig(lab, [first.node]);
  await run(lab, "create");
  const daemon = startDaemon(lab);
  try {
    await until("the daemon's first round", () => succeeds(run(lab, "daemon", "status")));
    // At any point of a round.
    await sleep(intervalMs * (1 + Math.random()));
    const diedAt = performance.now();
    await labKill({ name, node: first.node }, ports);
    await until("web serves elsewhere", () => anyServes(others.map(({ address }) => address)));
    return (performance.now() - diedAt) / 1000;
  } finally {
    daemon.kill("SIGTERM");
    await once(daemon, "exit");
    await labStart({ name, node: first.node }, ports);
  }
}

function startDaemon(lab: LabStatus): ChildProcess {
  const [program, ...args] = [...pictl, "daemon", "--config", lab.config];
  return spawn(program, args, { stdio: "ignore" });
}

async function run(lab: LabStatus, ...words: readonly string[]): Promise<void> {
  await call(...pictl, ...words, "--config", lab.config);
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function anyServes(addresses: readonly string[]): Promise<boolean> {
  const serves = async (address: string): Promise<boolean> => {
    const { ok } = await fetch(`http://${address}:${String(port)}/`, { signal: AbortSignal.timeout(1000) });
    return ok;
  };
  const served = await Promise.all(addresses.map((address) => serves(address).catch(() => false)));
  return served.includes(true);
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + givenUpMs;
  while (!(await done())) {
    await sleep(50);
    if (performance.now() > end) throw new Error(`not within ${String(givenUpMs / 1000)} s: ${what}`);
  }
}
