import { overridesRestart } from "../../config/movable.ts";
import type { Placement } from "../../config/types.ts";
import type { RunInput } from "../../docker/client/commands.ts";
import { labels } from "../../docker/labels.ts";
import { type Asked, askedOf } from "./asked.ts";
import type { EnvVariable } from "../environment/variables.ts";

/** The image a placement runs: a registry's, or the one built under the container's name. */
export function imageOf(placement: Placement): string {
  return placement.image ?? placement.container;
}

/**
 * Everything that makes a container what it is, as text to be hashed and not to be shown: two placements with the same
 * text need no recreation. The image is its reference, not its id: a rebuilt image is told apart by the id Docker
 * reports. `fromFile`: what its `env_file` says.
 */
export function wantedText(placement: Placement, fromFile: readonly EnvVariable[]): string {
  return JSON.stringify([
    imageOf(placement),
    placement.args,
    Object.entries(placement.env).sort(byName),
    placement.envFile === undefined
      ? null
      : fromFile.map(([name, value]) => [name, value.reveal()] as const).sort(byName),
    Object.keys(placement.secrets).sort(),
    ...(overridesRestart(placement) ? ["--restart=no"] : []),
    ...(placement.command === undefined ? [] : [{ command: placement.command }]),
  ]);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

/** What to give `docker run` for a placement. An image that is built here is never looked for in a registry. */
export function runInput(
  placement: Placement,
  options: {
    cluster: string;
    generation: number;
    digest: string;
    /** What the config asks for, where what is run is more than that. */
    asked?: Asked;
  },
): RunInput {
  return {
    name: placement.container,
    image: imageOf(placement),
    args: [
      placement.image === undefined ? "--pull=never" : "--pull=missing",
      ...placement.args,
      ...(overridesRestart(placement) ? ["--restart=no"] : []),
    ],
    ...(placement.command === undefined ? {} : { command: placement.command }),
    env: placement.env,
    labels: {
      [labels.cluster]: options.cluster,
      [labels.container]: placement.container,
      [labels.generation]: String(options.generation),
      [labels.digest]: options.digest,
      [labels.asked]: JSON.stringify(options.asked ?? askedOf(placement)),
    },
  };
}
