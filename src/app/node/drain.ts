import type { Config, NodeSpec, Placement } from "../../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { leavesDataBehind, planMove } from "../../domain/move/plan.ts";
import { type DrainPlan, planDrain, type PlannedMove } from "../../domain/placement/drain.ts";
import { fanOut } from "../fan-out.ts";
import type { MoveOptions } from "../move/carry-out.ts";
import { moveContainer, type MoveRow } from "../move/index.ts";
import type { Ports } from "../ports.ts";
import { lookAround } from "../placement/look.ts";
import { cordonNodes } from "./cordon.ts";

export type DrainOptions = Omit<MoveOptions, "store" | "dryRun" | "overlap">;

/** A plan to drain a node, and what people should know before they agree to it. */
export interface Drain extends DrainPlan {
  /** A sentence for each container that leaves data behind. */
  readonly leftBehind: readonly string[];
}

/** Looks where the node's containers can go. Touches nothing. */
export async function planDrainOf(
  ports: Ports,
  input: { readonly config: Config; readonly placements: readonly Placement[]; readonly copyVolumes: boolean },
): Promise<Drain> {
  const { config, placements, copyVolumes } = input;
  const { homeless, facts } = await lookAround(ports, config, placements);
  const plan = planDrain(homeless, facts);
  const leftBehind = plan.moves
    .map(({ placement, to }) => planMove(config, nameOf(placement), to))
    .filter(({ data }) => data.length > 0 && !copyVolumes)
    .map((move) => leavesDataBehind(move).message);
  return { ...plan, leftBehind };
}

export interface Drained {
  readonly moves: readonly MoveRow[];
  readonly failures: readonly Failure[];
  /** The config's changed places, but for those of the containers. */
  readonly changes: readonly string[];
}

/**
 * Every move holds a session for its locks and needs another one or two on the node that is drained, whose sshd gives
 * ten (MaxSessions).
 */
const movesAtOnce = 4;

/**
 * Cordons the node and moves its containers away as planned, several at once and one at a time to each node. A move that
 * fails stops no other. Data may be left behind: whoever calls has asked.
 */
export async function drain(
  ports: Ports,
  input: DrainOptions & {
    readonly config: Config;
    readonly store: MoveOptions["store"];
    readonly node: NodeSpec;
    readonly plan: DrainPlan;
    readonly dryRun: boolean;
  },
): Promise<Drained> {
  const { store, node, plan, dryRun } = input;
  if (plan.moves.length === 0) return { moves: [], failures: [], changes: [] };
  // So that nothing comes back while it is drained.
  const cordon = dryRun ? undefined : await cordonNodes(ports, { store, nodes: [node], cordoned: true, dryRun });
  const targets = [...new Set(plan.moves.map(({ to }) => to))];
  const lanes = await fanOut(
    { ...ports, concurrency: Math.min(ports.concurrency, movesAtOnce) },
    targets.map((target) => plan.moves.filter(({ to }) => to === target)),
    {
      place: () => ({ node: node.name }),
      work: async (lane) => {
        const done = [];
        for (const move of lane) done.push(await moveOne(ports, { ...input, move }));
        return done;
      },
    },
  );
  const done = lanes.results.flat();
  const order = plan.moves.map(({ placement }) => placement.container);
  return {
    moves: done.flatMap(({ rows }) => rows).sort((a, b) => order.indexOf(a.container) - order.indexOf(b.container)),
    failures: [...lanes.failures, ...done.flatMap(({ failures }) => failures)],
    changes: cordon?.result.nodes.flatMap(({ changes }) => changes) ?? [],
  };
}

async function moveOne(
  ports: Ports,
  input: Parameters<typeof drain>[1] & { readonly move: PlannedMove },
): Promise<{ readonly rows: readonly MoveRow[]; readonly failures: readonly Failure[] }> {
  const { placement, to } = input.move;
  const { container, node } = placement;
  try {
    if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
    const { result, failures } = await moveContainer(ports, {
      ...input,
      name: nameOf(placement),
      to,
      force: false,
      overlap: false,
      mayLeaveData: () => Promise.resolve(true),
    });
    return { rows: result.moves, failures };
  } catch (error) {
    return { rows: [], failures: [toFailure(error, { container, node })] };
  }
}

function nameOf({ container, node }: Placement): string {
  return `${container}@${node}`;
}
