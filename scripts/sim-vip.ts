/**
 * `npm run sim:vip -- --schedules N --seed S`: seeded histories of a virtual IP in lease mode, with one controller or two, against the real
 * decisions. Stops at the first one in which two nodes have the address, and prints what replays it.
 */
import { parseArgs } from "node:util";
import { runSchedule } from "../test/sim/vip/schedule.ts";

const { values } = parseArgs({
  options: { schedules: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
});
const first = Number(values.seed);
const count = Number(values.schedules);
let unheld = 0;
for (let seed = first; seed < first + count; seed++) {
  const { broken, held } = runSchedule(seed);
  if (!held) unheld += 1;
  if (broken !== undefined) {
    process.stdout.write(`${runSchedule(seed, true).trace.join("\n")}\n\nseed ${String(seed)}: ${broken}\n`);
    process.stdout.write(`Again: npm run sim:vip -- --schedules 1 --seed ${String(seed)}\n`);
    process.exit(1);
  }
  if ((seed - first + 1) % 10_000 === 0)
    process.stdout.write(`${String(seed - first + 1)} schedules, no two holders\n`);
}
process.stdout.write(
  `${String(count)} schedules, 0 instants with two holders, ${String(unheld)} without a holder at the end\n`,
);
