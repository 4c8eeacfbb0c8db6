import type { Placement } from "../config/types.ts";
import type { ContainerFacts, ImageFacts, StopMark } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { plural } from "../text.ts";
import { isDone } from "./create.ts";
import { drift, type Wish } from "./drift/drift.ts";
import { isAlive } from "./stop/grace.ts";
import { type MoveRecord, moveInHand } from "../move/journal.ts";
import { generationOf, isOurs } from "./copies/ownership.ts";
import { nextOf, retiredFrom } from "../place/names.ts";
import { lostShare, staleShare } from "./shares.ts";
import { markOf, whoStopped } from "./stop/stop-mark.ts";

/**
 * How a container stands to the config. `stray`: ours, but not in the layout of that node; `foreign`: somebody else's
 * container has the name; `changed`: runs with other arguments or another image; `restarting`: it ends again and again;
 * `done`: it is meant to end, and has; `unknown`: its node could not be asked.
 */
export type StatusState =
  | "running"
  | "unhealthy"
  | "restarting"
  | "stopped"
  | "done"
  | "missing"
  | "changed"
  | "stray"
  | "foreign"
  | "unknown";

export interface ContainerStatus {
  readonly container: string;
  readonly node: string;
  readonly wanted: boolean;
  /** Who wants it stopped, and since when (RFC 3339); null when nobody does. */
  readonly stopped: { readonly by: string; readonly at: string } | null;
  readonly state: StatusState;
  /** Why it is not `running`, in a few words; empty when it is. */
  readonly detail: string;
  readonly health: ContainerFacts["health"];
  readonly startedAtMs: number | null;
  /** How often Docker has started it again; null when that is not known. */
  readonly restarts: number | null;
  readonly containerId: string | null;
  readonly image: string | null;
  /** The name that the container has, or had, in the layout. */
  readonly copyOf: string;
  /** Of two copies, the one with the greater generation is the right one; null for what is not there, or not ours. */
  readonly generation: number | null;
}

/** What is done, and what somebody has stopped, is so. */
export function isAsWanted({ state, stopped, wanted }: Pick<ContainerStatus, "state" | "stopped" | "wanted">): boolean {
  if (stopped && wanted) return state === "stopped";
  return state === "running" || state === "done";
}

export interface NodeState {
  readonly containers: readonly ContainerFacts[];
  readonly images: readonly ImageFacts[];
  readonly marks: readonly StopMark[];
  /** `uname -m`; missing where it was not asked for. */
  readonly machine?: string;
}

export interface Comparison {
  readonly cluster: string;
  /** The whole layout. */
  readonly layout: readonly Placement[];
  /** What is asked for of it. */
  readonly placements: readonly Placement[];
  /** Without the nodes that could not be asked. */
  readonly states: ReadonlyMap<string, NodeState>;
  /** The nodes whose strays have rows; undefined for all. */
  readonly straysOn?: ReadonlySet<string>;
  readonly wish: (placement: Placement) => Wish;
  readonly nowMs: number;
  /** That have not ended. */
  readonly moves: readonly MoveRecord[];
}

/** One row per wanted container and one per stray. */
export function compare(input: Comparison): readonly ContainerStatus[] {
  const named = byName(input);
  const wanted = input.placements.map((placement) => wantedRow(placement, input, named));
  const placed = new Set(input.layout.map(({ container, node }) => `${container}@${node}`));
  const strays = [...input.states]
    .filter(([node]) => input.straysOn?.has(node) ?? true)
    .flatMap(([node, state]) =>
      state.containers
        .filter((facts) => isOurs(facts, input.cluster) && !placed.has(`${facts.name}@${node}`))
        .map((facts) =>
          row({
            container: facts.name,
            node,
            wanted: false,
            state: "stray",
            detail: strayDetail(facts, input),
            facts,
            mark: markOf(state.marks, facts),
          }),
        ),
    );
  return [...wanted, ...strays].map((each) => withMove(each, input.moves));
}

/** The containers of a node by name, put in order when it is first asked for: thousands are looked for, one by one. */
function byName({ states }: Comparison): (node: string, name: string) => ContainerFacts | undefined {
  const nodes = new Map<string, ReadonlyMap<string, ContainerFacts>>();
  return (node, name) => {
    let found = nodes.get(node);
    if (!found) {
      found = new Map(states.get(node)?.containers.map((facts) => [facts.name, facts]));
      nodes.set(node, found);
    }
    return found.get(name);
  };
}

/** Of a container that is being moved, that it is not where it should be is the smaller half of the truth. */
function withMove(status: ContainerStatus, moves: readonly MoveRecord[]): ContainerStatus {
  const move = moveInHand(moves, status);
  if (!move || !["missing", "stopped", "stray"].includes(status.state)) return status;
  return { ...status, detail: `${status.detail}; its move from ${move.from} to ${move.to} has not ended` };
}

function wantedRow(placement: Placement, input: Comparison, named: ReturnType<typeof byName>): ContainerStatus {
  const { container, node } = placement;
  const state = input.states.get(node);
  if (!state) return row({ container, node, wanted: true, state: "unknown", detail: "the node could not be asked" });
  const facts = named(node, container);
  if (!facts) return row({ container, node, wanted: true, state: "missing", detail: "no such container" });
  if (!isOurs(facts, input.cluster)) {
    return row({ container, node, wanted: true, state: "foreign", detail: "made by somebody else" });
  }
  const mark = markOf(state.marks, facts);
  const base = { container, node, wanted: true, facts, mark };
  if (mark && !isAlive(facts)) return row({ ...base, state: "stopped", detail: whoStopped(mark) });
  if (placement.oneOff === true && isDone(facts)) return row({ ...base, state: "done", detail: "ended with code 0" });
  const again = endsAgain(facts, input.nowMs);
  if (again !== undefined) return row({ ...base, state: "restarting", detail: again });
  if (facts.state !== "running") return row({ ...base, state: "stopped", detail: stoppedDetail(facts) });
  const cut = lostShare(placement, facts, state.containers);
  const stale = cut === undefined ? staleShare(placement, facts, state.containers) : undefined;
  const differences = [
    ...drift(facts, state.images, input.wish(placement)),
    ...(cut === undefined ? [] : [`it has ${cut.text}`]),
  ];
  if (differences.length > 0) return row({ ...base, state: "changed", detail: differences.join("; ") });
  if (stale !== undefined) return row({ ...base, state: "unhealthy", detail: `it has ${stale}` });
  if (facts.health === "unhealthy") return row({ ...base, state: "unhealthy", detail: "its health check fails" });
  return row({ ...base, state: "running", detail: mark ? `though ${whoStopped(mark)}` : "" });
}

/** Restarted at least so often, the last time so shortly ago: it does not stay up. */
const manyRestarts = 3;
const shortRunMs = 60_000;

/** That Docker starts it again and again, in words; a few restarts in a long life are none of this. */
function endsAgain({ state, restarts, startedAtMs, exitCode }: ContainerFacts, nowMs: number): string | undefined {
  const times = restarts ?? 0;
  const code = exitCode === null ? "" : `, the last time with code ${String(exitCode)}`;
  if (state === "restarting") return times > 0 ? `has ended ${plural(times, "time")}${code}` : `ends again${code}`;
  const short = startedAtMs !== null && nowMs - startedAtMs < shortRunMs;
  return state === "running" && times >= manyRestarts && short
    ? `runs now, and has ended ${plural(times, "time")}`
    : undefined;
}

function row(
  input: Pick<ContainerStatus, "container" | "node" | "wanted" | "state" | "detail"> & {
    facts?: ContainerFacts;
    mark?: StopMark | undefined;
  },
): ContainerStatus {
  const { facts, mark, ...rest } = input;
  return {
    ...rest,
    stopped: mark ? { by: mark.by, at: mark.at } : null,
    restarts: facts?.restarts ?? null,
    health: facts?.health ?? null,
    startedAtMs: facts?.state === "running" ? facts.startedAtMs : null,
    containerId: facts?.id ?? null,
    image: facts?.image ?? null,
    copyOf: facts?.labels[labels.container] ?? rest.container,
    generation: facts && labels.generation in facts.labels && rest.state !== "foreign" ? generationOf(facts) : null,
  };
}

function stoppedDetail(facts: ContainerFacts): string {
  if (facts.state === "exited" && facts.exitCode !== null) return `exited with code ${String(facts.exitCode)}`;
  return stateWords[facts.state] ?? facts.state;
}

/** What Docker's words for it do not say. */
const stateWords: Partial<Record<ContainerFacts["state"], string>> = {
  removing: "being removed by Docker",
  dead: "half removed by Docker",
};

function strayDetail(facts: ContainerFacts, input: Comparison): string {
  const name = facts.labels[labels.container] ?? facts.name;
  if (name !== facts.name) {
    return `${which(facts.name, name)} copy of ${name}, ${facts.state}`;
  }
  const places = input.layout.filter(({ container }) => container === name).map(({ node }) => node);
  if (places.length === 0) return `not in the layout, ${facts.state}`;
  return `${facts.state}; the layout has it on ${places.join(", ")}${ageOf(facts, places, input)}`;
}

/** How old a stray is beside the copies where the layout has it. */
function ageOf(
  facts: ContainerFacts,
  places: readonly string[],
  { states, cluster }: Pick<Comparison, "states" | "cluster">,
): string {
  const asked = places.map((place) => states.get(place)).filter((state) => state !== undefined);
  const wanted = asked.flatMap(({ containers }) =>
    containers.filter((each) => each.name === facts.name && isOurs(each, cluster)).map(generationOf),
  );
  if (wanted.length === 0) return asked.length === places.length ? ", where there is none" : "";
  const own = generationOf(facts);
  if (own === 0) return ", and its label does not tell whether it is older than that";
  const age = own - Math.max(...wanted);
  return age === 0 ? "" : `, and it is ${age > 0 ? "newer" : "older"} than that`;
}

function which(name: string, container: string): string {
  if (retiredFrom(name) === container) return "the old";
  return nextOf(name) === container ? "a new" : "a";
}
