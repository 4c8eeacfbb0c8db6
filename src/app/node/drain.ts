import type { Config, NodeSpec, Placement } from "../../domain/config/types.ts";
import { isOurs } from "../../domain/container/copies/ownership.ts";
import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { leavesDataBehind, planMove, staysBehind } from "../../domain/move/plan.ts";
import { type DrainPlan, planDrain, type PlannedMove } from "../../domain/placement/drain.ts";
import { fanOut } from "../kit/fan-out.ts";
import { moveContainer, type MoveRow } from "../move/index.ts";
import type { MoveOptions } from "../move/moving.ts";
import { isUnreachable } from "../move/on-node.ts";
import type { Ports } from "../ports.ts";
import { lookForPlaces } from "../placement/look.ts";

export type DrainOptions = Omit<MoveOptions, "store" | "dryRun" | "overlap" | "mayLeaveData">;

/** A plan to drain a node, and what people should know before they agree to it. */
export interface Drain extends DrainPlan {
  /** A sentence for each container that leaves data behind. */
  readonly leftBehind: readonly string[];
  /** The node does not answer: it has been waited for, once for all moves. */
  readonly silent: boolean;
}

/** Looks where the node's containers can go. Touches nothing. */
export async function planDrainOf(
  ports: Ports,
  input: {
    readonly config: Config;
    readonly node: NodeSpec;
    readonly placements: readonly Placement[];
    readonly copyVolumes: boolean;
  },
): Promise<Drain> {
  const { config, node, placements, copyVolumes } = input;
  const [{ homeless, facts }, silent] = await Promise.all([
    lookForPlaces(ports, config, placements),
    ports.nodes.connect(node, ports.signal).then(() => false, isUnreachable),
  ]);
  const plan = planDrain(homeless, facts);
  const there = facts.find((each) => each.node === node.name)?.docker?.containers ?? [];
  const leftBehind = plan.moves.flatMap(({ placement, to }) => {
    const move = planMove(config, nameOf(placement), to);
    const old = there.find((each) => each.name === placement.container && isOurs(each, config.cluster));
    const behind = staysBehind(move, { copyVolumes, volumes: old?.volumes ?? [] });
    return behind.length === 0 ? [] : [leavesDataBehind(move, behind).message];
  });
  return { ...plan, leftBehind, silent };
}

export interface Drained {
  readonly moves: readonly MoveRow[];
  readonly failures: readonly Failure[];
}

/**
 * Every move holds a session for its locks and needs another one or two on the node that is drained, whose sshd gives
 * ten (MaxSessions).
 */
const movesAtOnce = 4;

/**
 * Moves a node's containers away as planned; it is cordoned already, so that nothing comes back meanwhile. Several
 * go at once, and one at a time to each node. A move that fails stops no other; when all have been tried, those that failed
 * are tried with the next node that can take them. Data may be left behind: whoever calls has asked.
 */
export async function drain(
  ports: Ports,
  input: DrainOptions & {
    readonly config: Config;
    readonly store: MoveOptions["store"];
    readonly node: NodeSpec;
    readonly plan: Drain;
    readonly dryRun: boolean;
  },
): Promise<Drained> {
  const { plan } = input;
  const moves: MoveRow[] = [];
  const failures: Failure[] = [];
  for (let waiting = plan.moves; waiting.length > 0;) {
    const again: PlannedMove[] = [];
    for (const { move, rows, failure } of await inLanes(ports, input, waiting)) {
      moves.push(...rows);
      const [to, ...otherwise] = move.otherwise;
      if (failure && to !== undefined && mayFitElsewhere(failure)) {
        ports.progress.warn(`${failure.message} Next is ${to}.`);
        again.push({ ...move, to, otherwise });
      } else if (failure) failures.push(failure);
    }
    waiting = again;
  }
  const order = plan.moves.map(({ placement }) => placement.container);
  return {
    moves: moves.sort((a, b) => order.indexOf(a.container) - order.indexOf(b.container)),
    failures,
  };
}

/** Neither being interrupted nor somebody else's lock has to do with where it was to go. */
function mayFitElsewhere({ code }: Failure): boolean {
  return code !== "interrupted" && code !== "lock-held";
}

interface Tried {
  readonly move: PlannedMove;
  readonly rows: readonly MoveRow[];
  readonly failure: Failure | undefined;
}

async function inLanes(
  ports: Ports,
  input: Parameters<typeof drain>[1],
  moves: readonly PlannedMove[],
): Promise<readonly Tried[]> {
  const targets = [...new Set(moves.map(({ to }) => to))];
  const { results } = await fanOut(
    // Each move hears of an interruption by itself, and says so in its own name.
    { concurrency: Math.min(ports.concurrency, movesAtOnce), signal: new AbortController().signal },
    targets.map((target) => moves.filter(({ to }) => to === target)),
    {
      place: () => ({ node: input.node.name }),
      work: async (lane) => {
        const tried: Tried[] = [];
        for (const move of lane) tried.push(await moveOne(ports, { ...input, move }));
        return tried;
      },
    },
  );
  return results.flat();
}

async function moveOne(
  ports: Ports,
  input: Parameters<typeof drain>[1] & { readonly move: PlannedMove },
): Promise<Tried> {
  const { move, plan } = input;
  const { container, node } = move.placement;
  try {
    if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
    const { result } = await moveContainer(ports, {
      ...input,
      ...(plan.silent ? { sourceIs: "dead" } : {}),
      name: nameOf(move.placement),
      to: move.to,
      force: false,
      overlap: false,
      mayLeaveData: () => Promise.resolve(true),
    });
    return { move, rows: result.moves, failure: undefined };
  } catch (error) {
    return { move, rows: [], failure: toFailure(error, { container, node }) };
  }
}

function nameOf({ container, node }: Placement): string {
  return `${container}@${node}`;
}
