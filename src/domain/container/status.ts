import type { Placement } from "../config/types.ts";
import type { ContainerFacts, ImageFacts } from "../docker/facts.ts";
import { labels } from "../docker/labels.ts";
import { drift } from "./drift.ts";
import { type MoveRecord, moveInHand } from "../move/journal.ts";
import { isOurs } from "./ownership.ts";
import { nextOf, retiredFrom } from "../place/names.ts";
import { imageOf } from "./wanted.ts";

/**
 * How a container stands to the config. `stray`: ours, but not in the layout of that node; `foreign`: somebody else's
 * container has the name; `changed`: runs with other arguments or another image; `unknown`: its node could not be asked.
 */
export type StatusState = "running" | "unhealthy" | "stopped" | "missing" | "changed" | "stray" | "foreign" | "unknown";

export interface ContainerStatus {
  readonly container: string;
  readonly node: string;
  readonly wanted: boolean;
  readonly state: StatusState;
  /** Why it is not `running`, in a few words; empty when it is. */
  readonly detail: string;
  readonly health: ContainerFacts["health"];
  readonly startedAtMs: number | null;
  readonly containerId: string | null;
  readonly image: string | null;
}

export interface NodeState {
  readonly containers: readonly ContainerFacts[];
  readonly images: readonly ImageFacts[];
}

/** One row per wanted container and one per stray; `states` lacks the nodes that could not be asked. */
export function compare(input: {
  readonly cluster: string;
  readonly placements: readonly Placement[];
  readonly states: ReadonlyMap<string, NodeState>;
  /** The digest of what a placement asks for (`wantedText`); undefined when nobody knows. */
  readonly digest: (placement: Placement) => string | undefined;
  /** That have not ended. */
  readonly moves: readonly MoveRecord[];
}): readonly ContainerStatus[] {
  const wanted = input.placements.map((placement) => wantedRow(placement, input));
  const strays = [...input.states].flatMap(([node, state]) =>
    state.containers
      .filter((facts) => isOurs(facts, input.cluster))
      .filter((facts) => !input.placements.some((each) => each.node === node && each.container === facts.name))
      .map((facts) =>
        row({ container: facts.name, node, wanted: false, state: "stray", detail: strayDetail(facts), facts }),
      ),
  );
  return [...wanted, ...strays].map((each) => withMove(each, input.moves));
}

/** Of a container that is being moved, that it is not where it should be is the smaller half of the truth. */
function withMove(status: ContainerStatus, moves: readonly MoveRecord[]): ContainerStatus {
  const move = moveInHand(moves, status);
  if (!move || !["missing", "stopped", "stray"].includes(status.state)) return status;
  return { ...status, detail: `${status.detail}; its move from ${move.from} to ${move.to} has not ended` };
}

function wantedRow(placement: Placement, input: Parameters<typeof compare>[0]): ContainerStatus {
  const { container, node } = placement;
  const state = input.states.get(node);
  if (!state) return row({ container, node, wanted: true, state: "unknown", detail: "the node could not be asked" });
  const facts = state.containers.find((each) => each.name === container);
  if (!facts) return row({ container, node, wanted: true, state: "missing", detail: "no such container" });
  if (!isOurs(facts, input.cluster)) {
    return row({ container, node, wanted: true, state: "foreign", detail: "made by somebody else" });
  }
  const base = { container, node, wanted: true, facts };
  if (facts.state !== "running") return row({ ...base, state: "stopped", detail: stoppedDetail(facts) });
  const differences = drift(facts, state.images, { digest: input.digest(placement), image: imageOf(placement) });
  if (differences.length > 0) return row({ ...base, state: "changed", detail: `other ${differences.join(" and ")}` });
  if (facts.health === "unhealthy") return row({ ...base, state: "unhealthy", detail: "its health check fails" });
  return row({ ...base, state: "running", detail: "" });
}

function row(
  input: Pick<ContainerStatus, "container" | "node" | "wanted" | "state" | "detail"> & { facts?: ContainerFacts },
): ContainerStatus {
  const { facts, ...rest } = input;
  return {
    ...rest,
    health: facts?.health ?? null,
    startedAtMs: facts?.state === "running" ? facts.startedAtMs : null,
    containerId: facts?.id ?? null,
    image: facts?.image ?? null,
  };
}

function stoppedDetail(facts: ContainerFacts): string {
  if (facts.state === "exited" && facts.exitCode !== null) return `exited with code ${String(facts.exitCode)}`;
  return facts.state;
}

function strayDetail(facts: ContainerFacts): string {
  const name = facts.labels[labels.container];
  return name !== undefined && name !== facts.name
    ? `${which(facts.name, name)} copy of ${name}, ${facts.state}`
    : `not in the layout, ${facts.state}`;
}

function which(name: string, container: string): string {
  if (retiredFrom(name) === container) return "the old";
  return nextOf(name) === container ? "a new" : "a";
}
