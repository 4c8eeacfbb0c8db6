import { happen } from "./history.ts";
import type { Scenario } from "./scenario.ts";

/** The scenario with as few of its faults as still break something. */
export async function shrunk(scenario: Scenario): Promise<Scenario> {
  for (const fault of scenario.faults) {
    const smaller = { ...scenario, faults: scenario.faults.filter((each) => each !== fault) };
    if ((await happen(smaller)).violation !== undefined) return shrunk(smaller);
  }
  return scenario;
}
