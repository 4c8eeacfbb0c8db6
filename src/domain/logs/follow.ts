import type { Placement } from "../config/types.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { type ErrorCode, PictlError } from "../errors.ts";
import type { MoveRecord } from "../move/journal.ts";

/** A followed container that has ended is given so many milliseconds to run again (`docker restart`, a new copy). */
const graceMs = 5_000;

/**
 * Whether a log that was read to its end is over. `idleMs`: since its container was last seen to run; undefined when it
 * never was.
 */
export function isOver(idleMs: number | undefined): boolean {
  return idleMs === undefined || idleMs >= graceMs;
}

/** Docker can be asked for its log. */
export function isReadable(facts: Pick<ContainerFacts, "state">): boolean {
  return facts.state !== "removing" && facts.state !== "dead";
}

export interface LogPlace {
  readonly container: string;
  readonly node: string;
}

export interface Whereabouts {
  /** What is followed, by the layout of now. */
  readonly wanted: readonly Placement[];
  /** Moves under way. */
  readonly moves: readonly MoveRecord[];
  /** The logs that are followed. */
  readonly followed: readonly LogPlace[];
}

/**
 * Where the log goes on of a container that does not run where it is followed: on another node, once the layout says
 * so; `moving` until it is known; undefined where it was, or nowhere.
 */
export function goesOn(
  { container, node }: LogPlace,
  { wanted, moves, followed }: Whereabouts,
): { readonly node: string } | "moving" | undefined {
  const nodes = wanted.filter((each) => each.container === container).map((each) => each.node);
  if (!nodes.includes(node)) {
    const known = followed.filter((each) => each.container === container).map((each) => each.node);
    const next = nodes.find((each) => !known.includes(each));
    if (next !== undefined) return { node: next };
  }
  const moving = moves.some((each) => each.container === container && each.from === node && each.step === "switching");
  return moving ? "moving" : undefined;
}

/**
 * Whether what ended a reading may pass by itself: a line that was cut, a node that starts again, an engine that is
 * restarted, a container that is replaced. Not a refused login, since repeating that gets the address banned.
 */
export function mayPass(error: unknown): error is PictlError {
  return error instanceof PictlError && passing.has(error.code);
}

const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "node-unreachable",
  "connection-lost",
  "timeout",
  "docker-unavailable",
  "command-failed",
  "container-missing",
]);

/**
 * Milliseconds to wait before the next try, after `tries` in vain. Doubles up to 15 s; at least half of it, so that an
 * early try is not followed by another at once ("equal jitter": Exponential Backoff And Jitter, AWS 2015).
 */
export function pauseMs(tries: number, random: number): number {
  return Math.min(15_000, 250 * 2 ** tries) * (0.5 + random / 2);
}
