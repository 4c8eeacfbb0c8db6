/**
 * `npm run sim:vip -- --schedules N --seed S`: seeded histories of a virtual IP with the real daemon in them,
 * on one machine or two. Prints each seed in which two nodes have it at one instant as a lease, or another number than one in the end;
 * exit code 1 then. `npm run sim:vip -- --seed S --trace` replays one and prints all that happens in it.
 */
import { runSchedule } from "../test/sim/vip/schedule.ts";
import { many } from "./sim/many.ts";
import { simOptions } from "./sim/options.ts";

const options = simOptions();
if (options.trace) {
  const { trace, broken, held } = await runSchedule(options.first, true);
  const end = broken ?? (held ? "one node has the address" : "no node has the address");
  process.stdout.write(`${trace.join("\n")}\nseed ${String(options.first)}: ${end}\n`);
  process.exitCode = broken === undefined && held ? 0 : 1;
} else {
  const startedAt = performance.now();
  const worker = new URL("./sim/vip-worker.ts", import.meta.url);
  const { done, counts, broken } = await many(worker, options, "npm run sim:vip");
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  process.stdout.write(
    `${String(done)} schedules (${String(counts["takeovers"] ?? 0)} with a new leader) in ${minutes} min, ${String(broken.length)} broken\n`,
  );
  process.exitCode = broken.length > 0 ? 1 : 0;
}
