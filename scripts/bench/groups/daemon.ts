import { readFile, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { onLab } from "../lab.ts";
import { type Group, pictl } from "../row.ts";

const nodes = 64;
/** Connected, and its hot code compiled. */
const warmUpMs = 20_000;
const watchedMs = 60_000;
/** Of a second, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** `pictl daemon` on 64 nodes with sshd alone, a round every 5 s: what it takes while nothing happens. */
export const rows: Group = () =>
  onLab({ name: "bench-daemon", nodes, docker: false }, async (lab) => {
    const config = JSON.parse(await readFile(lab.config, "utf8")) as object;
    const wanted = { ...config, automatic_heartbeat: "enabled", heartbeat_interval: 5000 };
    await writeFile(lab.config, JSON.stringify(wanted), { mode: 0o600 });
    const [program, ...args] = [...pictl, "daemon", "--config", lab.config];
    const daemon = spawn(program, args, { stdio: "ignore" });
    const ended = once(daemon, "exit");
    try {
      await sleep(warmUpMs);
      const [before, since] = [await cpuSeconds(daemon.pid), performance.now()];
      await sleep(watchedMs);
      const cpu = (await cpuSeconds(daemon.pid)) - before;
      const share = (100 * cpu) / ((performance.now() - since) / 1000);
      const bytes = await peakBytes(daemon.pid);
      const what = `of the daemon on ${String(nodes)} nodes every 5 s`;
      return [
        { what: `CPU ${what}, of one core`, value: share, atMost: 20, unit: "%" },
        { what: `greatest memory ${what}`, value: bytes / 1e6, atMost: 150, unit: "MB" },
      ];
    } finally {
      daemon.kill("SIGTERM");
      await ended;
    }
  });

/** Of the process and of the children it has waited for. */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${String(pid)}/stat`, "utf8");
  // The name in parentheses may contain anything; utime, stime, cutime and cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0) / ticksPerSecond;
}

async function peakBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? NaN) * 1024;
}
