import type { Config } from "../../domain/config/types.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import type { NodeFacts } from "../../domain/heartbeat/facts.ts";
import { mayStillCome, type MoveRecord, settlement } from "../../domain/move/journal.ts";
import { settleMoves } from "../move/settle.ts";
import type { HeartbeatPorts } from "../ports.ts";

/** Moves in the journal that have not ended. One that only waits for a node to come back holds nobody up. */
export interface OpenMoves {
  /** The containers that everybody else keeps off. */
  readonly unsettled: readonly string[];
  /** What can be finished or undone now. */
  readonly settleable: readonly OpenMove[];
}

export async function openMoves(
  ports: HeartbeatPorts,
  config: Config,
  nodes: Readonly<Record<string, NodeFacts>>,
): Promise<OpenMoves> {
  const { moves, damaged } = await readMoves(ports, config);
  const sorted = moves.map((move) => {
    const places = config.placements.filter((each) => each.container === move.container).map((each) => each.node);
    const waitsFor = settlement(move, places) === "finish" ? move.from : move.step === "undone" ? move.to : undefined;
    // What was looked for once waits for a second look, and for no node.
    const cut = waitsFor === undefined || move.lookedAt !== undefined;
    const cause = cut ? "the move was cut off" : `${waitsFor} answers again`;
    const can = (waitsFor === undefined || isUp(nodes, waitsFor)) && !mayStillCome(move, ports.clock.now());
    return { container: move.container, cause, waitsFor, can };
  });
  return {
    unsettled: [...damaged, ...sorted.filter((move) => move.waitsFor === undefined).map((move) => move.container)],
    settleable: sorted.filter((move) => move.can),
  };
}

/** Nobody knows how far a move is whose record is damaged; that keeps everybody off its container, and off no other. */
async function readMoves(
  { journal, progress }: Pick<HeartbeatPorts, "journal" | "progress">,
  { placements }: Config,
): Promise<{ readonly moves: readonly MoveRecord[]; readonly damaged: readonly string[] }> {
  const damaged: string[] = [];
  for (;;) {
    const others = placements.map(({ container }) => container).filter((each) => !damaged.includes(each));
    try {
      return { moves: await journal.read(damaged.length === 0 ? undefined : others), damaged };
    } catch (error) {
      const { container, message, hint } = toFailure(error);
      if (container === undefined || damaged.includes(container)) throw error;
      damaged.push(container);
      progress.warn(`${message} Until it is gone, nothing is done to ${container}. ${hint ?? ""}`);
    }
  }
}

export interface OpenMove {
  readonly container: string;
  /** Why it is settled now. */
  readonly cause: string;
}

/** A node that has left the config has nothing left to be done on it. */
function isUp(nodes: Readonly<Record<string, NodeFacts>>, name: string): boolean {
  return nodes[name] === undefined || nodes[name].state === "up";
}

/** A move that another process is in the middle of holds the locks, and is none of ours. */
export async function settleQuietly(
  ports: HeartbeatPorts,
  { config, container, dead }: { config: Config; container: string; dead: ReadonlySet<string> },
): Promise<void> {
  try {
    await settleMoves(ports, config, container, { dead });
  } catch (error) {
    if (!(error instanceof PictlError && error.code === "lock-held")) throw error;
  }
}
