import type { Config } from "../../domain/config/types.ts";
import { generationOf, isOurs } from "../../domain/container/ownership.ts";
import { retiredName } from "../../domain/container/replace.ts";
import * as docker from "../../domain/docker/commands.ts";
import { PictlError } from "../../domain/errors.ts";
import { type MoveRecord, settlement } from "../../domain/move/journal.ts";
import type { Command } from "../../domain/shell.ts";
import { runDocker } from "../docker.ts";
import { withLocks } from "../locks.ts";
import { nodeOf } from "../observe.ts";
import type { Ports } from "../ports.ts";
import { record } from "../record.ts";

/** The connection of a pictl that was killed just now takes a moment to end, and its locks with it. */
const settleWaitMs = 3000;

/**
 * Finishes or undoes the moves of these containers that were cut off, before anything else is done to them. A node
 * that does not answer keeps its record: the next command tries again. Throws lock-held when the move is still going on.
 */
export async function settleMoves(ports: Ports, config: Config, containers: readonly string[]): Promise<void> {
  const open = (await ports.journal.read()).filter((each) => containers.includes(each.container));
  await Promise.all(open.map((each) => settleMove(ports, config, each)));
}

async function settleMove(ports: Ports, config: Config, move: MoveRecord): Promise<void> {
  const nodes = config.placements.filter((each) => each.container === move.container).map((each) => each.node);
  const known = [move.from, move.to].filter((name) => config.nodes.some((node) => node.name === name));
  const places = known.map((node) => ({ container: move.container, node }));
  const way = settlement(move, nodes);
  const settled = await withLocks(
    ports,
    { config, placements: places, waitMs: settleWaitMs, dryRun: false },
    async (locked) => {
      // The record may have gone while the lock was somebody else's.
      for (const place of places) await unlessUnreachable(locked(place));
      if (!(await ports.journal.read()).some((each) => each.startedAt === move.startedAt)) return true;
      if (way === "forget") return true;
      return way === "undo" ? undo(ports, config, move) : finish(ports, config, move);
    },
  );
  if (!settled) return;
  await ports.journal.remove(move.container);
  await record(ports, {
    type: way === "finish" ? "move.finished" : "move.undone",
    container: move.container,
    before: move.from,
    after: move.to,
  });
}

/** Takes the new copy away and brings the old one back. Resolves to false when a node did not answer. */
export async function undo(ports: Ports, config: Config, move: MoveRecord): Promise<boolean> {
  const { container, from, to, generation, wasRunning } = move;
  const removed = await onNode(ports, config, to, async ({ containers, run }) => {
    for (const facts of containers.filter((each) => each.name === container && generationOf(each) === generation)) {
      await run(`remove the new ${container}`, docker.remove(facts.id));
    }
  });
  const restored = await onNode(ports, config, from, async ({ containers, run }) => {
    const old =
      containers.find((each) => each.name === container) ??
      containers.find((each) => each.name === retiredName(container));
    if (!old) return;
    if (old.name !== container) await run(`rename the old ${container}`, docker.rename(old.name, container));
    if (wasRunning && old.state !== "running") await run(`start the old ${container}`, docker.start(container));
  });
  return removed && restored;
}

/** Removes what is left of the old copy. Resolves to false when its node did not answer. */
export function finish(ports: Ports, config: Config, move: MoveRecord): Promise<boolean> {
  const { container, from, generation } = move;
  return onNode(ports, config, from, async ({ containers, run }) => {
    for (const facts of containers) {
      const isOld =
        facts.name === retiredName(container) || (facts.name === container && generationOf(facts) < generation);
      if (isOld) await run(`remove the old ${container}`, docker.remove(facts.id));
    }
  });
}

interface OnNode {
  /** Ours only. */
  readonly containers: Awaited<ReturnType<Awaited<ReturnType<Ports["engines"]["on"]>>["containers"]>>;
  readonly run: (doing: string, command: Command) => Promise<void>;
}

/** Works on a node that answers; false when it does not. A node that has left the config has nothing to be done on it. */
async function onNode(
  ports: Ports,
  config: Config,
  name: string,
  work: (on: OnNode) => Promise<void>,
): Promise<boolean> {
  if (!config.nodes.some((node) => node.name === name)) return true;
  const node = nodeOf(config, name);
  try {
    const [connection, engine] = await Promise.all([ports.nodes.connect(node), ports.engines.on(node)]);
    await work({
      containers: (await engine.containers()).filter((facts) => isOurs(facts, config.cluster)),
      run: async (doing, command) => {
        await runDocker(connection, command, { doing });
      },
    });
    return true;
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof PictlError && (error.code === "node-unreachable" || error.code === "connection-lost");
}

async function unlessUnreachable(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  }
}
