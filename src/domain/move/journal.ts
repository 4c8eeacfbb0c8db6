import { commandWindowMs } from "../guard/command.ts";
import type { DataPlace } from "./data-commands.ts";

/**
 * A move under way, as it stands on disk: written (with fsync) before each step that changes something, so that
 * whoever finds it after a crash can finish or undo it. Both are safe to repeat.
 */
export interface MoveRecord {
  readonly container: string;
  readonly from: string;
  readonly to: string;
  /** The new copy's; the old one's is smaller. */
  readonly generation: number;
  readonly step: MoveStep;
  /** The old copy ran when the move began. */
  readonly wasRunning: boolean;
  /** The new node had a copy of its own, which the new one took the place of; missing: it had none. */
  readonly replaces?: boolean;
  /** When the new copy was about to be told to start, milliseconds since the epoch of this machine. */
  readonly orderedAt?: number;
  /** When the new copy was looked for and was not there, milliseconds since the epoch: it may still come. */
  readonly lookedAt?: number;
  /**
   * Where on the new node nothing was, and data was copied to, or was about to be; undoing takes it away. None any more
   * when the config is about to be written.
   */
  readonly copied?: readonly DataPlace[];
  /**
   * The layout has named the new node before the move began, so that it says nothing of how far the move came; its own step
   * does. Missing: the move writes the config.
   */
  readonly origin?: "apply";
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly who: string;
}

/**
 * What may have happened when the record says so. `begun`: an image was made ready, nothing else. `switching`: the
 * old copy may be stopped and put aside, the new one may be there. `written`: the config says so; the old copy is to
 * be removed, as soon as its node answers. `undone`: the old copy is back; what there may be of the new one is to be
 * removed, as soon as its node answers, and nothing is on its way there any more.
 */
export type MoveStep = "begun" | "switching" | "written" | "undone";

/** The name under which a move's record is kept, whatever its step: one that waits for a node stays beside the next moves. */
export function recordName({ container, generation }: Pick<MoveRecord, "container" | "generation">): string {
  return `${container}@${String(generation)}`;
}

/** Whose move a record of that name is of. */
export function containerOf(name: string): string {
  return name.slice(0, name.lastIndexOf("@"));
}

/** Whether a record of that name is of one of the container's moves. */
export function isRecordOf(container: string, name: string): boolean {
  return containerOf(name) === container;
}

/**
 * Which way to go with a move that was cut off, or waits for a node. The config decides, because it is what everybody
 * else believes: once it names the new node the move is finished; before that it is undone. The container may have been
 * moved on since, or be wanted on both nodes.
 */
export function settlement(record: MoveRecord, nodesInLayout: readonly string[]): "finish" | "undo" | "forget" {
  if (record.step === "begun") return "forget";
  const { from, to, step, origin } = record;
  if (origin === "apply" && step !== "written") return "undo";
  if (step === "undone" && !nodesInLayout.includes(to)) return "undo";
  if (nodesInLayout.includes(to) && !nodesInLayout.includes(from)) return "finish";
  if (step === "written" && nodesInLayout.includes(to)) return "forget";
  if (nodesInLayout.includes(from)) return "undo";
  // Somebody took it out of the layout, or put it on a third node: that is what they want now.
  return "finish";
}

/**
 * What to tell of a move that was settled before something else; undefined when nothing was changed for it, or it was told.
 * `known`: the nodes of the config, since nothing is done on one that has left it.
 */
export function toldOnceSettled(
  record: MoveRecord,
  way: ReturnType<typeof settlement>,
  known: readonly string[],
): string | undefined {
  const { container, from, to, step, startedAt, who } = record;
  if (way === "forget" || isToldAlready(record, way)) return undefined;
  const node = way === "finish" ? from : to;
  if (!known.includes(node) && (step === "undone" || step === "written")) {
    return `${container}: what the move from ${from} to ${to} has left on ${node} is still there: ${node} has left the config.`;
  }
  if (step === "undone") return `${container}: what a move to ${to} that failed had left there was removed first.`;
  if (step === "written" && way === "finish") {
    return `${container}: its old copy on ${from}, left by the move to ${to}, was removed first.`;
  }
  const done = way === "finish" ? "finished" : "undone";
  return `${container}: a move to ${to} that ${who} began at ${startedAt} and that was cut off was ${done} first.`;
}

/** The event of a move that was settled; undefined when it was told. */
export function eventOnceSettled(
  record: Pick<MoveRecord, "step" | "lookedAt">,
  way: ReturnType<typeof settlement>,
): "move.finished" | "move.undone" | undefined {
  if (isToldAlready(record, way)) return undefined;
  return way === "finish" ? "move.finished" : "move.undone";
}

function isToldAlready(
  { step, lookedAt }: Pick<MoveRecord, "step" | "lookedAt">,
  way: ReturnType<typeof settlement>,
): boolean {
  // It was made, and its entry is wanted on both nodes since.
  if (step === "written") return way === "forget";
  // It is only looked at once more; or a later move has gone the same way, and what is there is its copy.
  return step === "undone" && (lookedAt !== undefined || way !== "undo");
}

/** The move, if any, that may just be in the middle of changing the container on that node. */
export function moveInHand(
  moves: readonly MoveRecord[],
  { container, node }: { readonly container: string; readonly node: string },
): MoveRecord | undefined {
  return moves.find(
    ({ step, ...move }) => step === "switching" && move.container === container && [move.from, move.to].includes(node),
  );
}

/**
 * How far a move has come whose record is still there, as a sentence after the container's name, and whether the container
 * itself is where it shall be: what is left then is removed by the next command on it, or by a daemon.
 */
export function progressOf({ from, to, step }: Pick<MoveRecord, "from" | "to" | "step">): {
  readonly words: string;
  readonly settled: boolean;
} {
  const words: Readonly<Record<MoveStep, string>> = {
    begun: `its move from ${from} to ${to} is being prepared`,
    switching: `its move from ${from} to ${to} has not ended`,
    written: `it has moved from ${from} to ${to}, and its old copy on ${from} is still to be removed`,
    undone: `its move from ${from} to ${to} was undone, and what may have come to ${to} is still to be looked for`,
  };
  return { words: words[step], settled: step === "written" || step === "undone" };
}

/**
 * Milliseconds for which the order to start the new copy may still begin, whoever sent it and whatever became of them: the old copy
 * must not come beside it.
 */
export function mayBeginForMs({ orderedAt }: Pick<MoveRecord, "orderedAt">, nowMs: number): number {
  if (orderedAt === undefined || nowMs < orderedAt) return 0;
  return Math.max(0, orderedAt + commandWindowMs + orderTakesMs - nowMs);
}

/** Other commands of the new copy come before the one that makes it, each a few round trips; and that one takes its time. */
export const orderTakesMs = 1000;

/** A command that was sent is obeyed for 10 s (`RunOptions.guard`), and takes a moment then. */
const onItsWayMs = 15_000;

/** Whether a command that is on its way may still make the copy that was not there when it was looked for. */
export function mayStillCome({ lookedAt }: Pick<MoveRecord, "lookedAt">, nowMs: number): boolean {
  return lookedAt !== undefined && nowMs >= lookedAt && nowMs - lookedAt < onItsWayMs;
}
