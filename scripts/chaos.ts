/**
 * `npm run chaos -- --faults N --seed S`: random faults against a virtual IP on real nodes, spread over `--episodes` seeds
 * (10) from S on, with an auditor that shares no code with pictl. Prints what it measured. Exit code 1 when an invariant
 * was broken, with the seed and what replays it: what is done depends on the seed and the number of faults alone, when
 * exactly it hits does not. `--profile NAME` plays one profile only.
 */
import { parseArgs } from "node:util";
import { labObstacle, openLab } from "../test/support/test-lab.ts";
import { type Outcome, playEpisode } from "./chaos/episode.ts";
import { planEpisode, profiles } from "./chaos/plan.ts";
import { report } from "./chaos/report.ts";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    episodes: { type: "string", default: "10" },
    profile: { type: "string" },
  },
});
const [faults, first] = [Number(values.faults), Number(values.seed)];
const episodes = Math.min(Number(values.episodes), faults);
const only = profiles.find(({ name }) => name === values.profile);
if (values.profile !== undefined && only === undefined) {
  throw new Error(`There is no profile ${values.profile}, only ${profiles.map(({ name }) => name).join(", ")}.`);
}
if ((await labObstacle({ docker: false })) !== undefined) process.exit(1);

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const lab = await openLab({ nodes: 3, docker: false });
const outcomes: Outcome[] = [];
try {
  for (let index = 0; index < episodes; index++) {
    const share = Math.floor((faults * (index + 1)) / episodes) - Math.floor((faults * index) / episodes);
    const plan = planEpisode(first + index, share, only);
    say(`seed ${String(plan.seed)}: ${plan.profile.name}${plan.forwarding ? ", nodes forward" : ""}`);
    const outcome = await playEpisode(lab, plan, (line) => {
      say(`  ${line}`);
    });
    outcomes.push(outcome);
    for (const line of outcome.broken) say(`  BROKEN ${line}`);
    if (outcome.broken.length > 0) {
      const profile = only === undefined ? "" : ` --profile "${only.name}"`;
      say(`  again: npm run chaos -- --seed ${String(plan.seed)} --episodes 1 --faults ${String(share)}${profile}`);
      say(`  history: ${outcome.history}`);
      break;
    }
  }
} finally {
  await lab.down();
}
say(`\n${report(outcomes).join("\n")}`);
process.exitCode = outcomes.some(({ broken }) => broken.length > 0) ? 1 : 0;
