/** One process of `npm run sim`. */
import { happen } from "../../test/sim/history.ts";
import { scenarioOf } from "../../test/sim/scenario.ts";
import { work } from "./many.ts";

await work(async (seed) => {
  const { violation, rounds, seconds } = await happen(scenarioOf(seed));
  return { violation, counts: { rounds, seconds } };
});
