import type { Placement } from "../../domain/config/types.ts";
import { isNameOf } from "../../domain/place/names.ts";
import { portTaken, published, type TakenPort, takenPort } from "../../domain/placement/ports.ts";
import type { Engine, Ports } from "../ports.ts";

type Place = Pick<Placement, "container" | "node">;

/** How far a container is that a command replaces: not begun, on its way to its stop, or there. */
type Stage = "waits" | "begun" | "stops";

/** Containers that one command replaces side by side, some of which want ports that others have. */
export interface PortTurns {
  reach(place: Place, stage: Stage): void;
  /** It is replaced, or will not be. */
  end(place: Place): void;
  stageOf(place: Place): Stage | undefined;
  /** Resolves when a container has come further. */
  moved(): Promise<void>;
}

export function openPortTurns(places: readonly Place[]): PortTurns {
  const key = ({ container, node }: Place): string => `${container}@${node}`;
  const stages = new Map<string, Stage>(places.map((place) => [key(place), "waits"]));
  let wake: (() => void)[] = [];
  const tell = (): void => {
    for (const each of wake.splice(0)) each();
  };
  return {
    reach(place, stage) {
      if (stages.has(key(place))) stages.set(key(place), stage);
      tell();
    },
    end(place) {
      stages.delete(key(place));
      tell();
    },
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
  /** Undefined where a container is put in place alone. */
  readonly portTurns: PortTurns | undefined;
}

/**
 * Before a copy is stopped for one that wants other ports: resolves when they are free, or who has them stops as well. So two that
 * swap their ports are both stopped before one is started. Rejects with port-taken where nobody is about to free one.
 */
export async function beforeStop(ports: Ports, seeker: PortSeeker): Promise<void> {
  const { placement, portTurns } = seeker;
  portTurns?.reach(placement, "stops");
  const until = ports.clock.monotonic() + beginsWithinMs;
  for (let taken = await holderOf(seeker); taken; taken = await holderOf(seeker)) {
    const stage = stageOf(seeker, taken);
    if (stage === "stops") return;
    if (stage === undefined || (stage === "waits" && ports.clock.monotonic() >= until)) {
      throw portTaken(placement, taken);
    }
    await nextMove(ports, seeker);
  }
}

/** Resolves when the ports are free, or nobody is about to free them. Before a copy is started. */
export async function beforeStart(ports: Ports, seeker: PortSeeker): Promise<void> {
  if (!seeker.portTurns) return;
  const until = ports.clock.monotonic() + beginsWithinMs;
  for (let taken = await holderOf(seeker); taken; taken = await holderOf(seeker)) {
    const stage = stageOf(seeker, taken);
    if (stage === undefined || (stage === "waits" && ports.clock.monotonic() >= until)) return;
    await nextMove(ports, seeker);
  }
}

/** The other container that has a port which is wanted. */
export async function holderOf({
  engine,
  placement,
  args,
}: Omit<PortSeeker, "portTurns">): Promise<TakenPort | undefined> {
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
