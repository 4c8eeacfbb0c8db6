import type { Placement } from "../config/types.ts";
import { askedOf } from "../container/drift/asked.ts";
import { mayBeSecretName } from "../secrets/secret-name.ts";

/** What a container was made from, without what may be secret in it. */
export interface KeptEntry {
  readonly args: readonly string[];
  readonly command?: readonly string[];
  /** A registry's; missing for one that was built. */
  readonly image?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values were not kept. */
  readonly hidden: readonly string[];
}

/** One copy that was put in place, or was to be. */
export interface PlacementRecord {
  readonly container: string;
  readonly node: string;
  readonly generation: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `user@host`, and the command. */
  readonly who: string;
  readonly cause: string;
  /** The reference, and what it meant on the node then. */
  readonly image: string;
  readonly imageId: string | null;
  /** Of all that it was made from (`wantedText`). */
  readonly digest: string;
  readonly outcome: "placed" | "failed";
  /** Missing where it holds what may be a password, which is in no file of ours. */
  readonly entry?: KeptEntry;
}

export interface History {
  /** The oldest first. */
  readonly records: readonly PlacementRecord[];
}

export const noHistory: History = { records: [] };

const keptOfEach = 20;
const keptOfAll = 5000;

/** With one more; of each copy the last twenty are kept. */
export function withRecord({ records }: History, record: PlacementRecord): History {
  const isSame = (each: PlacementRecord): boolean => each.container === record.container && each.node === record.node;
  const same = records.filter(isSame);
  const dropped = new Set(same.slice(0, Math.max(0, same.length + 1 - keptOfEach)));
  return { records: [...records.filter((each) => !dropped.has(each)), record].slice(-keptOfAll) };
}

/** The records of a container, of one node where that is said, the newest first. */
export function recordsOf(
  { records }: History,
  { container, node }: { readonly container: string; readonly node?: string | undefined },
): readonly PlacementRecord[] {
  return records
    .filter((each) => each.container === container && (node === undefined || each.node === node))
    .toSorted((a, b) => b.generation - a.generation);
}

/** Undefined where its arguments or its command hold what may be a password. */
export function keptEntry(placement: Placement): KeptEntry | undefined {
  const { args, command, image, env } = placement;
  const asked = askedOf(placement);
  const isPlain = [...args, ...(command ?? [])].join("\0") === [...asked.args, ...asked.command].join("\0");
  if (!isPlain) return undefined;
  const hidden = Object.keys(env).filter(mayBeSecretName);
  return {
    args,
    ...(command === undefined ? {} : { command }),
    ...(image === undefined ? {} : { image }),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.includes(name))),
    hidden,
  };
}

/** The tag that keeps a replaced copy's image; undefined where the container's name can be none of an image. */
export function keptTag(container: string, generation: number): string | undefined {
  return /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(container) && generation > 0
    ? `${container}:${prefix}${String(generation)}`
    : undefined;
}

/** The container whose replaced copy's image has this tag, and that copy's generation. */
export function keptFor(tag: string): { readonly container: string; readonly generation: number } | undefined {
  const [, container, generation] = /^([^/:]+):pictl-(\d+)$/.exec(tag) ?? [];
  return container === undefined ? undefined : { container, generation: Number(generation) };
}

const prefix = "pictl-";
const keptTags = 2;

/** The tags of a container's images of before that are not kept any more: all but the last two. */
export function outlivedTags(tags: readonly string[], container: string): readonly string[] {
  return tags
    .flatMap((tag) => {
      const kept = keptFor(tag);
      return kept?.container === container ? [{ tag, generation: kept.generation }] : [];
    })
    .sort((a, b) => b.generation - a.generation)
    .slice(keptTags)
    .map(({ tag }) => tag);
}
