import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabStatus } from "../../../src/lab/index.ts";
import { onLab } from "../lab.ts";
import { call, median } from "../measure.ts";
import { type Group, pictl } from "../row.ts";

const nodes = 4;
const containersPerNode = 5;
const linesPerSecond = 1000;
/** Node has compiled its hot code and grown its heap to what it wants by then. */
const warmUpMs = 15_000;
const watchedMs = 60_000;
/** Memory is the median of the samples of such a window. */
const windowMs = 5_000;

/** 20 containers of 1,000 lines a second each, followed for a minute: memory must not grow with what was read. */
export const rows: Group = () =>
  onLab({ name: "bench-logs", nodes, docker: true }, async (lab) => {
    await startWriters(lab);
    const { linesASecond, behindMs, startBytes, endBytes } = await follow(lab.config);
    const containers = String(nodes * containersPerNode);
    const what = `of logs --follow, ${containers} containers that write ${String(Math.round(linesASecond))} lines a second`;
    return [
      { what: `memory at the start ${what}`, value: startBytes / 1e6, atMost: 200, unit: "MB" },
      { what: `memory a minute later ${what}`, value: endBytes / 1e6, atMost: 200, unit: "MB" },
      { what: `memory a minute later against the start ${what}`, value: endBytes / startBytes, atMost: 1.2, unit: "×" },
      { what: `delay a minute later ${what}`, value: behindMs / 1000, atMost: 2, unit: "s" },
    ];
  });

const names = Array.from({ length: containersPerNode }, (_, index) => `writer${String(index)}`);

/** Numbered lines of 80 characters, a thousand in each second of the clock. */
const writer = `BEGIN {
  for (pad = "x"; length(pad) < 70;) pad = pad "x"
  for (;;) {
    second = systime()
    for (batch = 0; batch < 10; batch++) {
      for (line = 0; line < ${String(linesPerSecond / 10)}; line++) printf "%09d %s\\n", number++, pad
      fflush()
      system("usleep 80000")
    }
    while (systime() == second) system("usleep 5000")
  }
}`;

async function startWriters(lab: LabStatus): Promise<void> {
  const config = JSON.parse(await readFile(lab.config, "utf8")) as { readonly cluster: string };
  const layout = lab.nodes.map(({ node }) => ({ node, ...Object.fromEntries(names.map((name) => [name, ""])) }));
  const wanted = { ...config, layout, hb: [], container_host_constraints: [] };
  await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
  // Everything in the containers is a busybox applet. Small log files, as a careful operator has them.
  const script = `set -e
tar -C /var/tmp --transform 's,.*/,bin/,' -cP /bin/busybox | docker import - bb
for name in ${names.join(" ")}; do
  docker run -d --name $name --label io.pictl.cluster=${config.cluster} --log-opt max-size=50m -e PATH=/bin \\
    bb /bin/busybox sh -c '/bin/busybox --install -s /bin; exec awk "$0"' '${writer}'
done`;
  await call(...pictl, "exec", "--config", lab.config, script);
}

interface Followed {
  readonly linesASecond: number;
  /** How old a line is when it is read. */
  readonly behindMs: number;
  readonly startBytes: number;
  readonly endBytes: number;
}

async function follow(config: string): Promise<Followed> {
  const [program, ...args] = [...pictl, "logs", "--follow", "--tail", "0", "--timestamps", "--config", config];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(child, "close");
  const read = { lines: 0, behindMs: 0 };
  child.stdout.on("data", (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) read.lines += 1;
    const time = / (20\S+Z) /.exec(chunk.toString("latin1", 0, 200))?.[1];
    if (time !== undefined) read.behindMs = Date.now() - Date.parse(time);
  });
  try {
    await sleep(warmUpMs);
    const [before, since] = [read.lines, performance.now()];
    const startBytes = await residentBytes(child);
    await sleep(watchedMs - windowMs);
    const endBytes = await residentBytes(child);
    const linesASecond = ((read.lines - before) / (performance.now() - since)) * 1000;
    return { linesASecond, behindMs: read.behindMs, startBytes, endBytes };
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}

/** The median over a window, since garbage comes and goes. */
async function residentBytes({ pid, exitCode }: ChildProcess): Promise<number> {
  if (exitCode !== null) throw new Error(`pictl logs --follow ended with code ${String(exitCode)}`);
  const samples: number[] = [];
  for (const until = performance.now() + windowMs; performance.now() < until;) {
    const status = await readFile(`/proc/${String(pid)}/status`, "utf8");
    samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
    await sleep(100);
  }
  return median(samples);
}
