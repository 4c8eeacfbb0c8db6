import { type ChildProcess, spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { openHeartbeat } from "../../../src/app/heartbeat/index.ts";
import type { Checks } from "../../../src/app/ports.ts";
import { openContext } from "../../../src/context.ts";
import type { LabStatus } from "../../../src/lab/index.ts";
import { onLab } from "../lab.ts";
import { median } from "../measure.ts";
import type { Group } from "../row.ts";

const nodes = 4;
const checksPerNode = 250;
const firstPort = 20_000;
/** Of a node, whose connections nobody answers. */
const deafPorts = 25;
const runs = 5;

/** A round of 1,000 TCP checks takes about as long as its slowest; where all answer at once, as long as this machine computes. */
export const rows: Group = () =>
  onLab({ name: "bench-hb", nodes, docker: false }, async (lab) => {
    await writeConfig(lab);
    const servers = await Promise.all(lab.nodes.map(({ pid }) => serve(Number(pid))));
    try {
      const answered = await rounds(lab.config);
      await Promise.all(lab.nodes.map(({ pid }) => deafen(Number(pid))));
      const timedOut = await rounds(lab.config);
      const what = `a round of ${String(nodes * checksPerNode)} TCP checks`;
      return [
        {
          what: `${what} against its slowest, where a tenth times out`,
          value: timedOut.roundMs / timedOut.slowestMs,
          atMost: 1.5,
          unit: "×",
        },
        { what: `${what} that are all answered at once`, value: answered.roundMs / 1000, atMost: 1, unit: "s" },
      ];
    } finally {
      await Promise.all(servers.map(end));
    }
  });

async function writeConfig(lab: LabStatus): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const ports = Array.from({ length: checksPerNode }, (_, index) => firstPort + index);
  const rowsOf = (entry: (port: number) => string) =>
    lab.nodes.map(({ node }) => ({
      node,
      ...Object.fromEntries(ports.map((port) => [`${node}-${String(port)}`, entry(port)])),
    }));
  const wanted = {
    ...config,
    layout: rowsOf((port) => `-p ${String(port)}:80`),
    hb: rowsOf(String),
    container_host_constraints: [],
    // The timeout of a check is 5 s then.
    heartbeat_interval: 30_000,
  };
  await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
}

/** Listens on all the ports, in the network of a node's process. */
async function serve(pid: number): Promise<ChildProcess> {
  const script = `let open = ${String(checksPerNode)};
for (let port = ${String(firstPort)}; port < ${String(firstPort + checksPerNode)}; port++)
  require("node:net").createServer((socket) => socket.on("error", () => {}).resume()).listen(port, () => --open || console.log("ready"));`;
  const child = spawn("nsenter", ["--target", String(pid), "--net", process.execPath, "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

async function deafen(pid: number): Promise<void> {
  const ports = `${String(firstPort)}:${String(firstPort + deafPorts - 1)}`;
  const rule = ["iptables", "-t", "raw", "-I", "PREROUTING", "-p", "tcp", "--dport", ports, "-j", "DROP"];
  const [code] = (await once(spawn("nsenter", ["--target", String(pid), "--net", ...rule]), "exit")) as [number];
  if (code !== 0) throw new Error(`iptables ended with code ${String(code)}`);
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  await once(child, "exit");
}

/** The medians of how long rounds took, and the slowest check of each. */
async function rounds(configPath: string): Promise<{ readonly roundMs: number; readonly slowestMs: number }> {
  const { signal } = new AbortController();
  // Every check listens to it.
  setMaxListeners(0, signal);
  const step = { update: () => undefined, done: () => undefined, fail: () => undefined };
  const context = await openContext({
    configPath,
    concurrency: nodes,
    signal,
    progress: { step: () => step, look: () => step, warn: () => undefined },
    cause: "npm run bench",
  });
  const { config, store, ports } = context;
  const durations: number[] = [];
  const checks: Checks = {
    async run(check, target) {
      const result = await ports.checks.run(check, target);
      durations.push(result.durationMs);
      return result;
    },
  };
  const heartbeat = openHeartbeat({ ...ports, checks }, { store, counts: "kept" });
  const taken: { roundMs: number; slowestMs: number }[] = [];
  try {
    // The first one connects.
    for (let run = 0; run <= runs; run++) {
      durations.length = 0;
      const startedAt = performance.now();
      await heartbeat.round({ config, mayDo: "nothing", stalled: () => false });
      if (run > 0) taken.push({ roundMs: performance.now() - startedAt, slowestMs: Math.max(...durations) });
    }
  } finally {
    await context.close();
  }
  const medianOf = (key: "roundMs" | "slowestMs"): number => median(taken.map((each) => each[key]));
  return { roundMs: medianOf("roundMs"), slowestMs: medianOf("slowestMs") };
}
