import type { Config, Placement } from "../../domain/config/types.ts";
import { type CreatePlan, planCreate, type Recreate } from "../../domain/container/create.ts";
import { drift } from "../../domain/container/drift/drift.ts";
import type { EnvVariable } from "../../domain/container/environment/variables.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { ours } from "../../domain/container/copies/ownership.ts";
import { lostShare } from "../../domain/container/shares.ts";
import { markOf } from "../../domain/container/stop/stop-mark.ts";
import type { ContainerFacts, ImageFacts, StopMark } from "../../domain/docker/facts.ts";
import { copiesOf } from "../../domain/place/names.ts";
import { refuseSecondCopy } from "../copies/elsewhere.ts";
import { refuseMoved } from "../copies/refuse-moved.ts";
import type { Conducted } from "../kit/conducted.ts";
import { type Observer, observer } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import { type Environments, wantedDigest, wishOf } from "./prepare/environment.ts";
import type { PlaceOptions } from "./index.ts";
import type { PortTurns } from "./rollout/port-turns.ts";
import { settleReplacement } from "./settle.ts";

/** What is wanted of containers that are made or replaced. */
export interface Placing extends PlaceOptions {
  readonly config: Config;
  readonly recreate: Recreate;
  readonly dryRun: boolean;
  /** What somebody wants stopped is left alone: for whoever was not asked for this very container. */
  readonly leaveStopped?: boolean;
  /** It is part of something larger, which has made the images ready. */
  readonly conducted?: Conducted;
  /** All that it replaces. */
  readonly portTurns?: PortTurns;
}

/** A placement, and what is to be done about it. */
export interface Looked {
  readonly placement: Placement;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  readonly digest: string;
  readonly plan: CreatePlan;
  readonly facts: ContainerFacts | undefined;
  /** The container is there, and has the name that it had in the layout before. */
  readonly renames: boolean;
  /** All that are on its node. */
  readonly found: readonly ContainerFacts[];
  readonly images: readonly ImageFacts[];
  readonly disturbs: boolean;
  /** Somebody wants it stopped, and nobody asked for it now. */
  readonly rests: StopMark | undefined;
  readonly observe: Observer;
  readonly stillLocked: () => Promise<void>;
}

type Place = Pick<Placement, "container" | "node">;

/**
 * Looks at a container under its lock, and decides. What a replacement that was cut off has left is settled first. To be made
 * after building, so that an image that was built anew shows as a difference: nodes are asked once.
 */
export function looker(
  ports: Ports,
  input: Placing & { readonly environments: Environments; readonly locked: (place: Place) => Promise<void> },
): (placement: Placement) => Promise<Looked> {
  const { config, dryRun, recreate } = input;
  const observe = observer(ports, config);
  return async (placement) => {
    const { container, node } = placement;
    const fromFile = input.environments.of(placement) ?? [];
    const stillLocked = async (): Promise<void> => {
      for (const place of lockedFor(placement)) await input.locked(place);
    };
    await stillLocked();
    if (!dryRun) await refuseMoved(ports, placement);
    const [found, images] = await Promise.all([
      dryRun ? observe.containers(node) : settleReplacement(ports, { ...input, placement }),
      observe.images(node),
    ]);
    const { own } = copiesOf(found, container, config.cluster);
    const before = own ? undefined : renamedOn(config, placement, found);
    const facts = own ?? before;
    const digest = wantedDigest(placement, fromFile);
    const marks = input.leaveStopped && facts && !isAlive(facts) ? await observe.stopMarks(node) : [];
    const rests = markOf(marks, facts);
    const differs = facts && !rests ? drift(facts, images, await wishOf(ports, placement, fromFile)) : [];
    const broken = facts !== undefined && lostShare(placement, facts, found)?.mendable === true;
    const { oneOff = false } = placement;
    const plan = rests ? "keep" : planCreate(container, { facts, drift: differs, recreate, broken, oneOff });
    if (plan !== "keep") await refuseSecondCopy(ports, { config, placement, facts, observe });
    input.conducted?.asPlanned(placement, { facts, wanted: { plan, digest, images, placement } });
    const disturbs = plan === "replace" && facts?.state === "running";
    const renames = before !== undefined;
    return { observe, rests, placement, fromFile, digest, plan, facts, renames, found, images, disturbs, stillLocked };
  };
}

/** Where its locks are: its own, and where it takes the place of another name, that one's, too. */
export function lockedFor({ container, renamedFrom, node }: Placement): readonly Place[] {
  return [{ container, node }, ...(renamedFrom === undefined ? [] : [{ container: renamedFrom, node }])];
}

/** The container whose place it takes: of ours, and the layout has it there no more. */
function renamedOn(
  config: Config,
  { renamedFrom, node }: Placement,
  found: readonly ContainerFacts[],
): ContainerFacts | undefined {
  if (renamedFrom === undefined) return undefined;
  const isWanted = config.placements.some((each) => each.container === renamedFrom && each.node === node);
  return isWanted ? undefined : ours(found, renamedFrom, config.cluster);
}
