import type { VolumeMount } from "../docker/facts.ts";
import { mountPoint, type MountSpec, parseMount } from "../docker/run/mount-spec.ts";
import { parseRunArgs } from "../docker/run/run-args.ts";

export interface Inheritance {
  /** The arguments, with the volumes that have no name in the places where the old container has them. */
  readonly args: readonly string[];
  /** The nameless volumes that the new container has no place for any more. */
  readonly left: readonly VolumeMount[];
}

/**
 * What a container takes over from the one whose place it takes: as with docker compose, the volumes without a name, where
 * its arguments or its image want such a one again. `declared`: where its image declares volumes; undefined when the image
 * is not there yet, and then everything is taken over that the arguments mount nothing else in the place of.
 */
export function inherit(
  args: readonly string[],
  { volumes, declared }: { readonly volumes: readonly VolumeMount[]; readonly declared: readonly string[] | undefined },
): Inheritance {
  const said = new Map(parseRunArgs(args).mounts.map((mount) => [mountPoint(mount.target), mount]));
  const declares = declared && new Set(declared.map(mountPoint));
  const nameless = volumes.filter(({ name, target }) => isNameless(name) && said.get(target)?.source !== name);
  const taken = nameless.filter(({ target }) => {
    const mount = said.get(target);
    return mount ? wantsNameless(mount) : (declares?.has(target) ?? true);
  });
  const named = args.map((word, index) => withName(word, args[index - 1], taken));
  const sources = new Set(parseRunArgs(named).mounts.map(({ source }) => source));
  const others = taken.filter(({ name }) => !sources.has(name));
  return {
    // Beside `-v /data`, which stays, `-v VOLUME:/data` is what counts.
    args: [...named, ...others.flatMap(({ name, target }) => ["-v", `${name}:${target}`])],
    left: nameless.filter((each) => !taken.includes(each)),
  };
}

function isNameless(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

function wantsNameless({ type, source }: MountSpec): boolean {
  return type === "volume" && source === undefined;
}

/** Docker refuses `-v VOLUME:/data` beside a `--mount` to the same place. */
function withName(word: string, before: string | undefined, taken: readonly VolumeMount[]): string {
  if (before !== "--mount" && !word.startsWith("--mount=")) return word;
  const mount = parseMount(word.replace(/^--mount=/, ""));
  if (typeof mount === "string" || !wantsNameless(mount)) return word;
  const volume = taken.find(({ target }) => target === mountPoint(mount.target));
  return volume ? `${word},source=${volume.name}` : word;
}
