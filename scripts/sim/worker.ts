/** One process of `npm run sim`: every nth seed, told in reports. */
import { happen } from "../../test/sim/history.ts";
import { scenarioOf } from "../../test/sim/scenario.ts";

export interface Report {
  readonly schedules: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly broken: readonly { readonly seed: number; readonly violation: string }[];
}

const reportEveryMs = 1000;
const [first = 1, step = 1, end = 2] = process.argv.slice(2).map(Number);

const none = { schedules: 0, rounds: 0, seconds: 0, broken: [] };
let report: Report = none;
let toldAt = performance.now();
for (let seed = first; seed < end; seed += step) {
  const { violation, rounds, seconds } = await happen(scenarioOf(seed));
  report = {
    schedules: report.schedules + 1,
    rounds: report.rounds + rounds,
    seconds: report.seconds + seconds,
    broken: violation === undefined ? report.broken : [...report.broken, { seed, violation }],
  };
  if (performance.now() - toldAt > reportEveryMs || violation !== undefined) tell();
}
tell();
process.disconnect();

function tell(): void {
  process.send?.(report);
  report = none;
  toldAt = performance.now();
}
