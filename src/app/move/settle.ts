import type { Config, Placement } from "../../domain/config/types.ts";
import { generationOf } from "../../domain/container/copies/ownership.ts";
import { retiredName } from "../../domain/place/names.ts";
import { toFailure } from "../../domain/errors.ts";
import {
  eventOnceSettled,
  mayStillCome,
  type MoveRecord,
  settlement,
  toldOnceSettled,
} from "../../domain/move/journal.ts";
import { inLockOrder, withLocks } from "../kit/locks.ts";
import type { Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { isUnreachable, onNode } from "./on-node.ts";
import { undo } from "./undo.ts";

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
  const working = [work(placements.filter((each) => !open.has(each.container))), ...[...open].map(settled)];
  // Whoever hears that one has failed is not to find the others still at work.
  await Promise.allSettled(working);
  const reports = await Promise.all(working);
  const rows = reports.flatMap((report) => report.result.containers);
  const isOf = (row: Row, place: Placement): boolean => row.container === place.container && row.node === place.node;
  return {
    result: {
      containers: [
        ...placements.flatMap((place) => rows.filter((row) => isOf(row, place))),
        // What had to be done besides.
        ...rows.filter((row) => !placements.some((place) => isOf(row, place))),
      ],
    },
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
    const told = toldOnceSettled(
      move,
      settled,
      config.nodes.map(({ name }) => name),
    );
    if (told !== undefined) ports.progress.warn(told);
    const type = eventOnceSettled(move, settled);
    if (type !== undefined) await record(ports, { type, container, before: from, after: to });
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
    else if (current.step !== "written") await ports.journal.write({ ...current, step: "written", copied: [] });
    return done ? way : undefined;
  });
}

/** Removes what is left of the old copy. Resolves to false when its node did not answer. */
export function finish(ports: Ports, config: Config, move: MoveRecord): Promise<boolean> {
  const { container, from, generation } = move;
  return onNode(ports, config, from, async ({ containers, remove }) => {
    for (const facts of containers) {
      const own = generationOf(facts);
      // One whose label cannot be read may be any: it is told as a stray, and a person decides.
      const isOld = facts.name === retiredName(container) || (facts.name === container && own > 0 && own < generation);
      if (isOld) await remove(`remove the old ${container}`, facts);
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

async function unlessUnreachable(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
  }
}
