import type { Config, Placement } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import { nextName, retiredName } from "../place/names.ts";
import { imageOf } from "../container/drift/wanted.ts";
import type { ContainerFacts, DiskFacts, ImageFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { keptFor } from "../history/records.ts";
import { isNamed } from "../images/reference.ts";
import { shortId } from "../text.ts";

/** Something on a node that nobody needs. */
export interface Prunable {
  readonly kind: "container" | "image";
  readonly id: string;
  /** A container's name; an image's tags, or the beginning of its id. */
  readonly name: string;
  /** What to tell docker to remove. */
  readonly targets: readonly string[];
  /** What its removal frees at least; null when Docker does not say. */
  readonly bytes: number | null;
  /** Why it is not needed. */
  readonly why: string;
  /** Whose lock to hold; undefined for what no pictl changes. */
  readonly lock: string | undefined;
}

export interface PruneScope {
  readonly cluster: string;
  /** What the layout places on the node. */
  readonly placements: readonly Placement[];
  /** What it places elsewhere and may move to this node. */
  readonly guests: readonly Placement[];
  /** Containers that are being moved. */
  readonly moving: readonly string[];
  /** Also stopped containers that no pictl made, unless the layout has their names. */
  readonly all: boolean;
}

export interface PruneState {
  readonly containers: readonly ContainerFacts[];
  readonly images: readonly ImageFacts[];
  readonly disk: DiskFacts;
  /** Of every image, the lowest layer first. */
  readonly layers: ReadonlyMap<string, readonly string[]>;
}

/** The scope of a node: a container may move where its constraints say, and anywhere while it is being moved. */
export function pruneScope(
  config: Config,
  { node, moving, all }: { readonly node: string; readonly moving: readonly string[]; readonly all: boolean },
): PruneScope {
  const mayCome = ({ container }: Placement): boolean =>
    moving.includes(container) ||
    config.constraints.some((row) => row.container === container && row.hosts.includes(node));
  return {
    cluster: config.cluster,
    placements: config.placements.filter((placement) => placement.node === node),
    guests: config.placements.filter((placement) => placement.node !== node && mayCome(placement)),
    moving,
    all,
  };
}

/**
 * What nobody needs on a node, in the order it can go. Kept: what the layout wants here, running or not; copies of a
 * container that is being moved, or that were put aside for one that does not run; other people's containers, unless
 * `all`, and another pictl cluster's in any case; images that a container that stays was made from, that the layout
 * names here or for a container that may move here, and those that such an image is built on.
 */
export function planPrune(scope: PruneScope, state: PruneState): readonly Prunable[] {
  const containers = state.containers.filter((facts) => isLeftover(scope, facts) && !isPutAside(scope, facts));
  const staying = state.containers.filter((facts) => !containers.includes(facts));
  const needed = state.images.filter((image) => isNeeded(scope, image, staying));
  const images = state.images.filter((image) => !needed.some((other) => isBuiltOn(state, other, image)));
  return [
    ...containers.map((facts) => containerLeftover(scope, state, facts)),
    // An image can go when those that are built on it are gone.
    ...[...images]
      .sort((a, b) => layersOf(state, b).length - layersOf(state, a).length)
      .map((image) => imageLeftover(state, image)),
  ];
}

const stopped: ReadonlySet<ContainerFacts["state"]> = new Set(["created", "exited", "dead"]);

function isLeftover(scope: PruneScope, facts: ContainerFacts): boolean {
  if (!stopped.has(facts.state)) return false;
  if (scope.placements.some(({ container }) => container === facts.name)) return false;
  if (isOurs(facts, scope.cluster)) return !scope.moving.includes(containerOf(facts));
  return scope.all && facts.labels[labels.cluster] === undefined;
}

/** A copy of a wanted container whose replacement goes on, or was cut off: the next command on it needs both. */
function isPutAside({ placements }: PruneScope, facts: ContainerFacts): boolean {
  const container = containerOf(facts);
  const names = [retiredName(container), nextName(container)];
  return names.includes(facts.name) && placements.some((each) => each.container === container);
}

/** A copy that was put aside has another name than the container it is of. */
function containerOf(facts: ContainerFacts): string {
  return facts.labels[labels.container] ?? facts.name;
}

function isNeeded(scope: PruneScope, image: ImageFacts, staying: readonly ContainerFacts[]): boolean {
  return (
    staying.some((facts) => facts.imageId === image.id) ||
    [...scope.placements, ...scope.guests].some((placement) => isNamed(image, imageOf(placement))) ||
    isKept(scope, image)
  );
}

/** Of a copy that was replaced: a rollback goes back to it. */
function isKept({ placements }: PruneScope, { tags }: ImageFacts): boolean {
  return tags.some((tag) => placements.some(({ container }) => keptFor(tag)?.container === container));
}

/** Or is the same. Removing a base frees nothing, and the next build wants it. */
function isBuiltOn(state: PruneState, image: ImageFacts, base: ImageFacts): boolean {
  if (image.id === base.id) return true;
  const [upper, lower] = [layersOf(state, image), layersOf(state, base)];
  const isBase = base.tags.length > 0 && lower.length > 0 && lower.length < upper.length;
  return isBase && lower.every((layer, index) => layer === upper[index]);
}

function layersOf({ layers }: PruneState, image: ImageFacts): readonly string[] {
  return layers.get(image.id) ?? [];
}

function containerLeftover(scope: PruneScope, { disk }: PruneState, facts: ContainerFacts): Prunable {
  const { id, name, state } = facts;
  const mine = isOurs(facts, scope.cluster);
  return {
    kind: "container",
    id,
    name,
    targets: [id],
    bytes: disk.containerBytes[id] ?? null,
    why: mine ? `${state}, not in the layout` : `${state}, not made by pictl`,
    lock: mine ? containerOf(facts) : undefined,
  };
}

function imageLeftover({ disk }: PruneState, { id, tags }: ImageFacts): Prunable {
  return {
    kind: "image",
    id,
    name: tags.length > 0 ? tags.join(", ") : shortId(id),
    targets: tags.length > 0 ? tags : [id],
    bytes: disk.imageBytes[id] ?? null,
    why: tags.length > 0 ? "no container needs it" : "dangling",
    lock: undefined,
  };
}
