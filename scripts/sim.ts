/**
 * `npm run sim -- --schedules N --seed S`: seeded histories of a cluster with faults, with the real heartbeat and failover
 * in them (`test/sim/`). Prints how far it is, and each seed that broke something; exit code 1 then.
 * `npm run sim -- --seed S --trace` replays one, with the faults that it takes, and prints all that happens in it.
 */
import { many } from "./sim/many.ts";
import { simOptions } from "./sim/options.ts";

const options = simOptions();
if (options.trace) {
  const { trace } = await import("./sim/trace.ts");
  process.exitCode = (await trace(options.first)) ? 1 : 0;
} else {
  const startedAt = performance.now();
  const { done, counts, broken } = await many(new URL("./sim/worker.ts", import.meta.url), options, "npm run sim");
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  const hours = ((counts["seconds"] ?? 0) / 3600).toFixed(0);
  process.stdout.write(
    `${String(done)} schedules (${String(counts["rounds"] ?? 0)} rounds, ${hours} hours of cluster time) in ${minutes} min, ${String(broken.length)} broken\n`,
  );
  process.exitCode = broken.length > 0 ? 1 : 0;
}
