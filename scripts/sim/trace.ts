import { happen } from "../../test/sim/history.ts";
import { scenarioOf } from "../../test/sim/scenario.ts";
import { shrunk } from "../../test/sim/shrink.ts";

/** Prints the history of a seed, with no more faults than it takes; resolves to whether it breaks something. */
export async function trace(seed: number): Promise<boolean> {
  const scenario = scenarioOf(seed);
  const breaks = (await happen(scenario)).violation !== undefined;
  const least = breaks ? await shrunk(scenario) : scenario;
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  print(least.text);
  const { violation } = await happen(least, print);
  print(violation === undefined ? `seed ${String(seed)} breaks nothing` : `seed ${String(seed)}: ${violation}`);
  return breaks;
}
