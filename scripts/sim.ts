/**
 * `npm run sim -- --schedules N --seed S`: seeded histories of a cluster with faults, with the real heartbeat and failover
 * in them (`test/sim/`). Prints how far it is, and each seed that broke something; exit code 1 then.
 * `npm run sim -- --seed S --trace` replays one, with the faults that it takes, and prints all that happens in it.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Report } from "./sim/worker.ts";

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(availableParallelism()) },
    trace: { type: "boolean", default: false },
    "stop-at-first": { type: "boolean", default: false },
  },
});
const [schedules, seed, jobs] = [Number(values.schedules), Number(values.seed), Number(values.jobs)];

if (values.trace) {
  const { trace } = await import("./sim/trace.ts");
  process.exitCode = (await trace(seed)) ? 1 : 0;
} else {
  process.exitCode = (await many()) > 0 ? 1 : 0;
}

/** Resolves to how many schedules broke something. */
async function many(): Promise<number> {
  const startedAt = performance.now();
  let [done, rounds, hours, told] = [0, 0, 0, 0];
  const broken: number[] = [];
  const children = Array.from({ length: jobs }, (_, index) =>
    fork(new URL("./sim/worker.ts", import.meta.url), [String(seed + index), String(jobs), String(seed + schedules)]),
  );
  const stop = (): void => {
    for (const child of children) child.kill();
  };
  const onReport = (report: Report): void => {
    done += report.schedules;
    rounds += report.rounds;
    hours += report.seconds / 3600;
    for (const { seed, violation } of report.broken) {
      broken.push(seed);
      process.stdout.write(
        `seed ${String(seed)}: ${violation}\n  replay: npm run sim -- --seed ${String(seed)} --trace\n`,
      );
    }
    if (broken.length > 0 && values["stop-at-first"]) stop();
    const seconds = (performance.now() - startedAt) / 1000;
    if (seconds - told < 5) return;
    told = seconds;
    process.stdout.write(
      `${String(done)} of ${String(schedules)} schedules, ${String(broken.length)} broken, ${(done / seconds).toFixed(0)}/s\n`,
    );
  };
  const ends = children.map(async (child) => {
    child.on("message", onReport);
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    if (code !== 0 && broken.length === 0) throw new Error(`a worker ended with ${String(code)}`);
  });
  await Promise.all(ends);
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  process.stdout.write(
    `${String(done)} schedules (${String(rounds)} rounds, ${hours.toFixed(0)} hours of cluster time) in ${minutes} min, ${String(broken.length)} broken\n`,
  );
  return broken.length;
}
