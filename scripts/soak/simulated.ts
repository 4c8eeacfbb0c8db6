import { happen } from "../../test/sim/history.ts";
import { scenarioOf } from "../../test/sim/scenario.ts";
import { type Usage, usage } from "./usage.ts";

const seed = 1;
const hourMs = 3_600_000;
const sampleEveryMs = 60_000;

/** An hour of a cluster, with the faults of a seed again and again, and the real heartbeat, failover and moves in it. */
export async function simulated(): Promise<readonly Usage[]> {
  const collect = globalThis.gc;
  if (!collect) throw new Error("Run it by `npm run soak`, which lets it collect garbage.");
  const one = scenarioOf(seed);
  const times = Math.ceil(hourMs / one.quietAt);
  const faults = Array.from({ length: times }, (_, nth) =>
    one.faults.map((fault) => ({ ...fault, at: fault.at + nth * one.quietAt })),
  ).flat();
  const heap: number[] = [];
  const { violation, rounds } = await happen({ ...one, faults, quietAt: hourMs }, (line) => {
    if (Number.parseFloat(line) * 1000 < heap.length * sampleEveryMs) return;
    collect({ execution: "sync" });
    heap.push(process.memoryUsage().heapUsed / 1e6);
  });
  if (violation !== undefined) throw new Error(`the simulated hour: ${violation}`);
  return [usage({ what: `heap, ${String(rounds)} simulated rounds in an hour`, unit: "MB", slack: 5 }, heap)];
}
