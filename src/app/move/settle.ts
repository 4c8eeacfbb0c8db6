import type { Config, Placement } from "../../domain/config/types.ts";
import { generationOf, isOurs } from "../../domain/container/ownership.ts";
import { retiredName } from "../../domain/container/replace.ts";
import * as docker from "../../domain/docker/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { mayStillCome, type MoveRecord, settlement } from "../../domain/move/journal.ts";
import type { Command } from "../../domain/shell.ts";
import { runDocker } from "../docker.ts";
import { inLockOrder, withLocks } from "../locks.ts";
import { nodeOf } from "../observe.ts";
import type { Connection, Ports } from "../ports.ts";
import { record } from "../record.ts";
import type { Report } from "../report.ts";
import { discardCopies } from "./copy-data.ts";

/** The connection of a pictl that was killed just now takes a moment to end, and its locks with it. */
const settleWaitMs = 3000;

/**
 * Finishes or undoes the moves of a container that were cut off, before anything else is done to it. A node that does
 * not answer keeps its record: the next command tries again. `dead`: nodes that nobody waits for. Throws lock-held when
 * the move is still going on.
 */
export async function settleMoves(
  ports: Ports,
  config: Config,
  container: string,
  { dead = new Set(), waitMs = 0 }: Partial<SettleOptions> = {},
): Promise<void> {
  const patient = { dead, waitMs: Math.max(waitMs, settleWaitMs) };
  for (const move of await toSettle(ports, [container])) await settleMove(ports, config, move, patient);
}

interface SettleOptions {
  readonly dead: ReadonlySet<string>;
  /** How long to wait for a move that is still going on. */
  readonly waitMs: number;
}

/**
 * Works at once on the containers of which no move is open, and on each other one as soon as its moves are settled:
 * what is being moved, for minutes perhaps, and what cannot be settled hold up nobody else.
 */
export async function onceSettled<Row extends Pick<Placement, "container" | "node">>(
  ports: Ports,
  input: { readonly config: Config; readonly placements: readonly Placement[] } & Pick<SettleOptions, "waitMs">,
  work: (placements: readonly Placement[]) => Promise<Report<{ readonly containers: readonly Row[] }>>,
): Promise<Report<{ readonly containers: readonly Row[] }>> {
  const { config, placements, waitMs } = input;
  const names = placements.map((each) => each.container);
  const open = new Set((await toSettle(ports, names)).map((move) => move.container));
  const settled = async (container: string): ReturnType<typeof work> => {
    const places = placements.filter((each) => each.container === container);
    try {
      await settleMoves(ports, config, container, { waitMs });
    } catch (error) {
      const failures = places.map(({ node }) => toFailure(error, { container, node }));
      return { result: { containers: [] }, failures };
    }
    return work(places);
  };
  const reports = await Promise.all([
    work(placements.filter((each) => !open.has(each.container))),
    ...[...open].map(settled),
  ]);
  const rows = reports.flatMap((report) => report.result.containers);
  const isOf = (row: Row, place: Placement): boolean => row.container === place.container && row.node === place.node;
  return {
    result: { containers: placements.flatMap((place) => rows.filter((row) => isOf(row, place))) },
    failures: reports.flatMap((report) => report.failures),
  };
}

async function toSettle(ports: Ports, containers: readonly string[]): Promise<readonly MoveRecord[]> {
  const now = ports.clock.now();
  return (await ports.journal.read(containers)).filter((each) => !mayStillCome(each, now));
}

async function settleMove(ports: Ports, config: Config, move: MoveRecord, options: SettleOptions): Promise<void> {
  const { container, from, to } = move;
  const claim = await ports.journal.claim(container, options.waitMs);
  try {
    const settled = await settleClaimed(ports, config, move, options);
    if (settled === undefined) return;
    const type = settled === "finish" ? "move.finished" : "move.undone";
    await record(ports, { type, container, before: from, after: to });
  } finally {
    await claim.release();
  }
}

/** Resolves to undefined when there is still something to be done, or nothing any more. */
async function settleClaimed(
  ports: Ports,
  config: Config,
  { container, from, to, generation }: MoveRecord,
  { dead, waitMs }: SettleOptions,
): Promise<ReturnType<typeof settlement> | undefined> {
  const nodes = [from, to].filter((name) => !dead.has(name) && config.nodes.some((node) => node.name === name));
  const places = inLockOrder(nodes.map((node) => ({ container, node })));
  return withLocks(ports, { config, placements: places, waitMs, dryRun: false }, async (locked) => {
    for (const place of places) await unlessUnreachable(locked(place));
    // The lock may have been somebody else's until now: what counts is what the record and the config say since.
    const now = await ports.journal.read([container]);
    const current = now.find((each) => each.generation === generation);
    if (!current || mayStillCome(current, ports.clock.now())) return undefined;
    const { placements } = await ports.latestConfig();
    const way = settlement(
      current,
      placements.filter((each) => each.container === container).map((each) => each.node),
    );
    // The layout may be of somebody who did not know of the move: what is not there has replaced nothing.
    const arrived = way !== "finish" || current.step === "written" || (await hasNewCopy(ports, config, current, dead));
    if (arrived === undefined) return undefined;
    if (!arrived) {
      await ports.journal.remove(current);
      return "forget";
    }
    if (way === "undo") return (await undo(ports, config, current, { dead })) ? way : undefined;
    const done = way === "forget" || (!dead.has(from) && (await finish(ports, config, current)));
    if (done) await ports.journal.remove(current);
    // The new copy was seen now, and may have been moved on when the old one's node is back.
    else if (current.step !== "written") await ports.journal.write({ ...current, step: "written" });
    return done ? way : undefined;
  });
}

/**
 * Takes the new copy away, brings the old one back, takes away the data that was copied, and removes the record, or
 * leaves in it what is still to be done: when only the new copy's node does not answer, the old copy is back and nobody
 * is kept off it. A node in `dead` is not asked. `certain`: no command can still be on its way, as one may be that nobody
 * heard the end of; otherwise a new copy that is not there is looked for once more after a while. Resolves to whether
 * the move is undone as far as its containers on answering nodes go.
 */
export async function undo(
  ports: Ports,
  config: Config,
  move: MoveRecord,
  { dead, certain = false }: { readonly dead: ReadonlySet<string>; readonly certain?: boolean },
): Promise<boolean> {
  const { from } = move;
  const on = (name: string, work: (on: OnNode) => Promise<void>): Promise<boolean> =>
    dead.has(name) ? Promise.resolve(false) : onNode(ports, config, name, work);
  const wasBack = move.step === "undone";
  const removed = await removeNew(move, homesOf(config, move), on);
  // A dead node's copy is nobody's to bring back; what is put aside there is found again by `create`.
  const oldIsBack = wasBack || (await restoreOld(move, on)) || dead.has(from);
  const mayCome = removed === "nothing" && !certain && move.lookedAt === undefined;
  const dataIsGone = removed !== "silent" && (removed === "kept" || (await removeCopiedData(ports, move, on)));
  const gone = dataIsGone && !mayCome;
  if (oldIsBack && gone) await ports.journal.remove(move);
  else if (oldIsBack && (mayCome || !wasBack)) {
    await ports.journal.write({ ...move, step: "undone", ...(mayCome ? { lookedAt: ports.clock.now() } : {}) });
  }
  return oldIsBack && (gone || !wasBack);
}

/** Where a copy of before the move may be: on its old node, and where the layout has it since. */
function homesOf(config: Config, { container, from, to }: MoveRecord): readonly string[] {
  const homes = config.placements.filter((each) => each.container === container).map((each) => each.node);
  return homes.includes(from) ? [from] : [from, ...homes.filter((node) => node !== to)];
}

type On = (node: string, work: (on: OnNode) => Promise<void>) => Promise<boolean>;

async function removeNew(
  { container, from, to, generation, replaces }: MoveRecord,
  homes: readonly string[],
  on: On,
): Promise<"removed" | "kept" | "nothing" | "silent"> {
  // Where it took the place of the only copy, it is the only one now, as far as anybody knows while the others are silent.
  let olds = replaces ? 0 : 1;
  let homeIsSilent = false;
  // `from` may be another name of the same machine.
  const isNew = (each: ContainerFacts): boolean => each.name === container && generationOf(each) === generation;
  const isOld = (each: ContainerFacts): boolean =>
    (each.name === container || each.name === retiredName(container)) && !isNew(each);
  if (replaces) {
    for (const name of homes) {
      const answered = await on(name, async ({ containers }) => {
        olds += containers.filter(isOld).length;
      });
      homeIsSilent ||= !answered && name !== from;
    }
  }
  if (olds === 0) return homeIsSilent ? "silent" : "kept";
  let news = 0;
  const answered = await on(to, async ({ containers, run }) => {
    for (const facts of containers.filter(isNew)) {
      news++;
      await run(`remove the new ${container}`, docker.remove(facts.id));
    }
  });
  if (!answered) return "silent";
  return news > 0 ? "removed" : "nothing";
}

/** Half a copy must neither be taken for the data, nor keep the next copy out. Resolves to false when its node does not answer. */
async function removeCopiedData(ports: Ports, { container, to, copied = [] }: MoveRecord, on: On): Promise<boolean> {
  if (copied.length === 0) return true;
  return on(to, async ({ connection }) => {
    try {
      await discardCopies(connection, copied);
    } catch (error) {
      if (!(error instanceof PictlError) || error.code !== "command-failed") throw error;
      const places = copied.map(({ path }) => path).join(", ");
      ports.progress.warn(
        `What was copied for ${container} is still on ${to}, perhaps half of it: ${places}. ${error.message}`,
      );
    }
  });
}

/** Nothing to bring back is where a later copy has taken its place. Resolves to false when its node does not answer. */
function restoreOld({ container, from, wasRunning, generation }: MoveRecord, on: On): Promise<boolean> {
  return on(from, async ({ containers, run }) => {
    const old =
      containers.find((each) => each.name === container) ??
      containers.find((each) => each.name === retiredName(container));
    if (!old || generationOf(old) > generation) return;
    if (old.name !== container) await run(`rename the old ${container}`, docker.rename(old.name, container));
    if (wasRunning && old.state !== "running") await run(`start the old ${container}`, docker.start(container));
  });
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

/** Whether the new copy, or one that came after it, is on its node; undefined when that does not answer. */
async function hasNewCopy(
  ports: Ports,
  config: Config,
  { container, to, generation }: MoveRecord,
  dead: ReadonlySet<string>,
): Promise<boolean | undefined> {
  let found = false;
  const looked =
    !dead.has(to) &&
    (await onNode(ports, config, to, async ({ containers }) => {
      found = containers.some((facts) => facts.name === container && generationOf(facts) >= generation);
    }));
  return looked ? found : undefined;
}

interface OnNode {
  readonly connection: Connection;
  /** Ours only. */
  readonly containers: readonly ContainerFacts[];
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
      connection,
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
