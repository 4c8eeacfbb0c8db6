import type { Placement } from "../../../domain/config/types.ts";
import type { ContainerFacts } from "../../../domain/docker/facts.ts";
import { isNameOf } from "../../../domain/place/names.ts";
import { portTaken, published, type TakenPort, takenPort } from "../../../domain/placement/ports.ts";
import type { Engine, Ports, ProgressStep } from "../../ports.ts";

type Place = Pick<Placement, "container" | "node">;

/** How far a container is that a command replaces: not begun, on its way to its stop, or there. */
type Stage = "waits" | "begun" | "stops";

/** What one that stops wants, and what it has: until it is replaced, that may have to go back to it. */
interface Stopping {
  readonly node: string;
  readonly args: readonly string[];
  readonly old: ContainerFacts;
}

/** Containers that one command replaces side by side, some of which want ports that others have. */
export interface PortTurns {
  begin(place: Place): void;
  stop(place: Place, what: Omit<Stopping, "node">): void;
  /** It is replaced, or will not be. */
  end(place: Place): void;
  stageOf(place: Place): Stage | undefined;
  /**
   * Whether a container that stops has, or had, one of the ports that these arguments publish, and does not wait for this one in
   * turn: then it may need that port again until it has ended.
   */
  mayComeBack(place: Place, args: readonly string[]): boolean;
  /** Resolves when a container has come further. */
  moved(): Promise<void>;
}

export function openPortTurns(places: readonly Place[]): PortTurns {
  const key = ({ container, node }: Place): string => `${container}@${node}`;
  const stages = new Map<string, Stage>(places.map((place) => [key(place), "waits"]));
  const stopping = new Map<string, Stopping>();
  let wake: (() => void)[] = [];
  const tell = (): void => {
    for (const each of wake.splice(0)) each();
  };
  const reach = (place: Place, stage: Stage): void => {
    if (stages.has(key(place))) stages.set(key(place), stage);
    tell();
  };
  /** Those that have, or had, what these arguments publish. */
  const havers = (node: string, args: readonly string[]): readonly (readonly [string, Stopping])[] =>
    [...stopping].filter(([, each]) => each.node === node && takenPort(args, [each.old]) !== undefined);
  /** Those, and those that have what they want, and so on. */
  const allHavers = (node: string, args: readonly string[], known = new Set<string>()): ReadonlySet<string> => {
    for (const [name, each] of havers(node, args)) {
      if (known.has(name)) continue;
      known.add(name);
      allHavers(node, each.args, known);
    }
    return known;
  };
  return {
    begin(place) {
      reach(place, "begun");
    },
    stop(place, { args, old }) {
      stopping.set(key(place), { node: place.node, args, old });
      reach(place, "stops");
    },
    end(place) {
      stages.delete(key(place));
      stopping.delete(key(place));
      tell();
    },
    mayComeBack: (place, args) =>
      havers(place.node, args).some(
        ([name, each]) => name !== key(place) && !allHavers(place.node, each.args).has(key(place)),
      ),
    stageOf: (place) => stages.get(key(place)),
    moved: () =>
      new Promise((resolve) => {
        wake = [...wake, resolve];
      }),
  };
}

/** So long one that is replaced, too, may take to begin; it may come after this one. */
const beginsWithinMs = 10_000;
/** Also what is told by nobody, such as the end of a container, is seen in time. */
const lookEveryMs = 500;

export interface PortSeeker {
  readonly engine: Engine;
  readonly placement: Placement;
  /** `docker run` arguments of the new copy. */
  readonly args: readonly string[];
  /** The copy that it replaces. */
  readonly old?: ContainerFacts | undefined;
  /** Undefined where a container is put in place alone. */
  readonly portTurns: PortTurns | undefined;
  readonly step: Pick<ProgressStep, "update">;
}

/**
 * Before a copy is stopped for one that wants other ports: resolves when they are free for good, or who has them stops as well and
 * waits for this one. So two that swap their ports are both stopped before one is started, and what is put back finds its own.
 * Rejects with port-taken where nobody is about to free one.
 */
export async function beforeStop(ports: Ports, seeker: PortSeeker): Promise<void> {
  const { placement, portTurns, args, old } = seeker;
  if (old) portTurns?.stop(placement, { args, old });
  const taken = await untilGiven(ports, seeker);
  if (taken && stageOf(seeker, taken) !== "stops") throw portTaken(placement, taken);
}

/** Resolves when the ports are free, or nobody is about to free them. Before a copy is started. */
export async function beforeStart(ports: Ports, seeker: PortSeeker): Promise<void> {
  if (!seeker.portTurns) return;
  let taken = await untilGiven(ports, seeker);
  while (taken && stageOf(seeker, taken) === "stops") {
    await nextMove(ports, seeker);
    taken = await untilGiven(ports, seeker);
  }
}

/**
 * Resolves to undefined when nobody has the ports, or may need them again; to who has them when that one stops only with this one, or
 * does not stop at all.
 */
async function untilGiven(ports: Ports, seeker: PortSeeker): Promise<TakenPort | undefined> {
  const { placement, args, portTurns, step } = seeker;
  const until = ports.clock.monotonic() + beginsWithinMs;
  for (let waits = false; ; waits = true) {
    const taken = await holderOf(seeker);
    if (portTurns?.mayComeBack(placement, args) !== true) {
      const stage = taken && stageOf(seeker, taken);
      if (stage === undefined || stage === "stops") return taken;
      if (stage === "waits" && ports.clock.monotonic() >= until) return taken;
    }
    if (!waits) step.update("waiting for its ports");
    await nextMove(ports, seeker);
  }
}

/** The other container that has a port which is wanted. */
export async function holderOf({
  engine,
  placement,
  args,
}: Pick<PortSeeker, "engine" | "placement" | "args">): Promise<TakenPort | undefined> {
  if (published(args).length === 0) return undefined;
  // What the list says is enough.
  const found = await engine.containers((facts) => facts);
  return takenPort(
    args,
    found.filter(({ name }) => !isNameOf(placement.container, name)),
  );
}

function stageOf({ placement: { node }, portTurns }: PortSeeker, { by }: TakenPort): Stage | undefined {
  return portTurns?.stageOf({ container: by, node });
}

async function nextMove({ clock, signal }: Ports, { portTurns }: PortSeeker): Promise<void> {
  await Promise.race([portTurns?.moved(), clock.sleep(lookEveryMs, signal)]);
}
