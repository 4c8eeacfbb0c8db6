import type { Config, VipSection } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import { holdersOf } from "../../domain/vip/facts.ts";
import { strayFailure } from "../../domain/vip/strays.ts";
import type { Leadership } from "../leadership/index.ts";
import type { SavedVip, StateFile, VipPorts } from "../ports.ts";
import { authorityOf } from "./authority.ts";
import { openVip } from "./index.ts";
import { openSurvey, type Survey } from "./observe/survey.ts";
import { openTakingBack } from "./take-back.ts";

/**
 * Every virtual IP once, after what has left the config was taken back. What could not be is a failure. Rejects as
 * `vipOnce` does.
 */
export async function vipsOnce(
  ports: VipPorts,
  input: {
    readonly config: Config;
    readonly state: (ip: string) => StateFile<SavedVip>;
    readonly leadership: Leadership;
  },
): Promise<readonly Failure[]> {
  const { config, state, leadership } = input;
  const survey = openSurvey(ports);
  const authority = authorityOf(leadership, () => Promise.resolve(config));
  const strays = await openTakingBack(ports, { survey, authority }).round(config);
  const failures = await Promise.all(
    config.vips.map((section) => vipOnce(ports, { config, section, state: state(section.ip), leadership, survey })),
  );
  return [...strays.map(strayFailure), ...failures.flat()];
}

/**
 * One tick of a virtual IP, with the counts of the ticks before it. Nobody having the address in the end is a failure.
 * Rejects with interrupted and state-write-failed.
 */
async function vipOnce(
  ports: VipPorts,
  input: {
    readonly config: Config;
    readonly section: VipSection;
    readonly state: StateFile<SavedVip>;
    readonly leadership: Leadership;
    readonly survey: Survey;
  },
): Promise<readonly Failure[]> {
  const { config, section, state, leadership, survey } = input;
  const authority = authorityOf(leadership, () => Promise.resolve(config));
  const vip = openVip(ports, { state, authority, survey, counts: "kept" });
  const { facts, memory } = await vip.tick({ config, section });
  await vip.settled();
  if (holdersOf(facts).length > 0 || memory.released || !facts.authority.leader) return [];
  const why = memory.told === "" ? "" : `: ${memory.told}`;
  return [
    {
      code: "not-as-wanted",
      message: `No candidate that answers has ${section.ip}${why}.`,
      hint: "`pictl vip show` tells how its candidates are.",
    },
  ];
}
