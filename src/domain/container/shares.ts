import type { Placement } from "../config/types.ts";
import { parseRunArgs } from "../docker/run/run-args.ts";
import type { ContainerFacts } from "../docker/facts.ts";

/** Something that a container has of another one on its node. */
export interface Share {
  /** What, in a word. */
  readonly what: "network" | "memory" | "processes" | "volumes" | "link";
  /** The other container's name. */
  readonly from: string;
}

/** What `docker run` arguments say that a container has of others (`--network container:NAME` and the like). */
export function sharesOf(args: readonly string[]): readonly Share[] {
  const { shares } = parseRunArgs(args);
  const joined = (what: Share["what"], values: readonly string[]): Share[] =>
    values.flatMap((value) => {
      const from = /^container:(.+)$/.exec(value)?.[1];
      return from === undefined ? [] : [{ what, from }];
    });
  return [
    ...joined("network", shares.network),
    ...joined("memory", shares.ipc),
    ...joined("processes", shares.pid),
    ...shares.volumesFrom.map((value): Share => ({ what: "volumes", from: value.split(":")[0] ?? value })),
    ...shares.link.map((value): Share => ({ what: "link", from: (value.split(":")[0] ?? value).replace(/^\//, "") })),
  ];
}

export interface LostShare {
  /** In a few words. */
  readonly text: string;
  /** The other one is there, so that a new container can have it. */
  readonly mendable: boolean;
}

/**
 * That what a container has of another one is that of a container that is gone, in words: Docker keeps the id of the one
 * that was there when it was made. Undefined when all is well.
 */
export function lostShare(
  { args }: Pick<Placement, "args">,
  facts: ContainerFacts,
  there: readonly ContainerFacts[],
): LostShare | undefined {
  for (const { what, from } of sharesOf(args)) {
    const other = there.find(({ name, id }) => name === from || id.startsWith(from));
    if (other === undefined) return { text: `the ${what} of ${from}, which is not there`, mendable: false };
    const joined = what === "network" || what === "memory" || what === "processes" ? (facts.joined ?? []) : [];
    // Where Docker keeps the name, the times have to tell.
    const ids = joined.filter((each) => /^[0-9a-f]{64}$/.test(each));
    if (ids.length > 0 ? !ids.includes(other.id) : other.createdAt > facts.createdAt) {
      return { text: `the ${what} of ${from} as it was before it was made anew`, mendable: true };
    }
  }
  return undefined;
}

/** That what it shares ended while it went on, in words; a restart mends it. */
export function staleShare(
  { args }: Pick<Placement, "args">,
  facts: ContainerFacts,
  there: readonly ContainerFacts[],
): string | undefined {
  const share = sharesOf(args).find(({ what, from }) => {
    const other = there.find(({ name }) => name === from);
    const began = other?.state === "running" ? other.startedAtMs : null;
    return what === "network" && began != null && facts.startedAtMs !== null && began > facts.startedAtMs;
  });
  return share && `the ${share.what} of ${share.from} as it was before its restart`;
}
