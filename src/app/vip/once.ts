import type { Config, VipSection } from "../../domain/config/types.ts";
import type { Failure } from "../../domain/errors.ts";
import { holdersOf } from "../../domain/vip/facts.ts";
import type { Leadership } from "../leadership.ts";
import type { SavedVip, StateFile, VipPorts } from "../ports.ts";
import { authorityOf } from "./authority.ts";
import { openVip } from "./index.ts";

/**
 * One tick of a virtual IP, with the counts of the ticks before it. Nobody having the address in the end is a failure.
 * Rejects with interrupted and state-write-failed.
 */
export async function vipOnce(
  ports: VipPorts,
  input: {
    readonly config: Config;
    readonly section: VipSection;
    readonly state: StateFile<SavedVip>;
    readonly leadership: Leadership;
  },
): Promise<readonly Failure[]> {
  const { config, section, state, leadership } = input;
  const authority = authorityOf(leadership, () => Promise.resolve(config));
  const vip = openVip(ports, { state, authority, counts: "kept" });
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
