import type { Config } from "../../../src/domain/config/types.ts";
import type { Verdict } from "./sight.ts";

/** What pictl writes is a config that places every container as often as before. `after`: undefined when it is broken. */
export function written(before: Config, after: Config | undefined): Verdict {
  if (!after) return "a config was written that is none";
  const names = (config: Config): string =>
    config.placements
      .map((each) => each.container)
      .sort()
      .join(", ");
  return names(before) === names(after)
    ? undefined
    : `the layout had ${names(before)} and has ${names(after)} after a write`;
}
