import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { labCut, labHeal, type LabStatus } from "../../src/lab/index.ts";
import { onLab } from "../bench/lab.ts";
import { pictl } from "../bench/row.ts";
import { type Usage, usage } from "./usage.ts";

const name = "soak";
const intervalMs = 1000;
const sampleEveryMs = 1000;
/** A node is cut off, and healed a quarter of this later: too short for a failover, long enough for a new connection. */
const faultEveryMs = 20_000;

/** `pictl daemon` on three nodes, a round a second; each node in turn is cut off now and then, and a container killed. */
export function real(minutes: number): Promise<readonly Usage[]> {
  return onLab({ name, nodes: 3, docker: true }, async (lab) => {
    await prepare(lab);
    const [program, ...args] = [...pictl, "daemon", "--config", lab.config];
    const daemon = spawn(program, args, { stdio: "ignore" });
    const ended = once(daemon, "exit");
    const trouble = new AbortController();
    const troubling = makeTrouble(lab, trouble.signal);
    try {
      const samples: Sample[] = [];
      for (const end = performance.now() + minutes * 60_000; performance.now() < end;) {
        samples.push(await sample(daemon.pid));
        await sleep(sampleEveryMs);
      }
      const of = (key: keyof Sample): number[] => samples.map((each) => each[key]);
      const what = (name: string): string => `${name}, ${String(minutes)} min of real rounds`;
      return [
        usage({ what: what("memory"), unit: "MB", slack: 15 }, of("megabytes")),
        usage({ what: what("descriptors"), unit: "", slack: 3 }, of("descriptors")),
        usage({ what: what("connections"), unit: "", slack: 3 }, of("sockets")),
      ];
    } finally {
      trouble.abort();
      await troubling;
      daemon.kill("SIGTERM");
      await ended;
    }
  });
}

async function prepare(lab: LabStatus): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
  const wanted = { ...config, automatic_heartbeat: "enabled", heartbeat_interval: intervalMs };
  await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
  const [program, ...args] = [...pictl, "create", "--config", lab.config];
  const [code] = (await once(spawn(program, args, { stdio: "ignore" }), "exit")) as [number];
  if (code !== 0) throw new Error(`pictl create ended with code ${String(code)}`);
}

async function makeTrouble({ nodes, config }: LabStatus, signal: AbortSignal): Promise<void> {
  const rest = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => undefined);
  for (let turn = 0; !signal.aborted; turn++) {
    const node = nodes[turn % nodes.length]?.node ?? "";
    await labCut({ name, node, from: "controller" });
    await rest(faultEveryMs / 4);
    await labHeal({ name, node });
    await rest(faultEveryMs / 4);
    const [program, ...args] = [...pictl, "exec", "docker kill web >/dev/null 2>&1 || :", "--config", config];
    await once(spawn(program, args, { stdio: "ignore" }), "exit");
    await rest(faultEveryMs / 2);
  }
}

interface Sample {
  readonly megabytes: number;
  readonly descriptors: number;
  readonly sockets: number;
}

/** Rejects when the process is gone. */
async function sample(pid: number | undefined): Promise<Sample> {
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8");
  const descriptors = await readdir(`/proc/${String(pid)}/fd`);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${String(pid)}/fd/${fd}`).catch(() => "")));
  return {
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1000,
    descriptors: descriptors.length,
    sockets: targets.filter((target) => target.startsWith("socket:")).length,
  };
}
