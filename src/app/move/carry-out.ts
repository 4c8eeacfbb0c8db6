import type { Config } from "../../domain/config/types.ts";
import { ours } from "../../domain/container/ownership.ts";
import { retire, retiredName } from "../../domain/container/replace.ts";
import type { EnvVariable } from "../../domain/container/environment.ts";
import { runInput } from "../../domain/container/wanted.ts";
import * as docker from "../../domain/docker/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { type ErrorCode, hintedFurther, PictlError, toFailure } from "../../domain/errors.ts";
import type { Place } from "../../domain/move/data-commands.ts";
import { moveEdits } from "../../domain/move/edits.ts";
import type { MoveRecord } from "../../domain/move/journal.ts";
import { leavesDataBehind, type MovePlan, refuseTakenPorts, staysBehind, wouldMove } from "../../domain/move/plan.ts";
import { safety } from "../../domain/safety.ts";
import { readEnvFile, wantedDigest, withSecrets } from "../environment.ts";
import { runDocker } from "../docker.ts";
import { newGeneration, notePlaced } from "../generations.ts";
import { inLockOrder, withLocks } from "../locks.ts";
import type { ConfigStore, Ports, Step } from "../ports.ts";
import { putInPlace } from "../run-container.ts";
import { checkMoved } from "./check.ts";
import { copyData, refuseUncopyable } from "./copy-data.ts";
import { prepareImage } from "./prepare-image.ts";
import { finish } from "./settle.ts";
import { oursOn, type Side, sideOf, sideUnlessDead } from "./side.ts";
import { undo } from "./undo.ts";

export interface MoveOptions {
  readonly store: ConfigStore;
  /** Start the new one before the old one stops. */
  readonly overlap: boolean;
  readonly copyVolumes: boolean;
  /** Asks whether data on the old node may stay behind; throws confirmation-missing when nobody can be asked. */
  readonly mayLeaveData: (question: string) => Promise<boolean>;
  /** How long the new one may take until its check succeeds. */
  readonly patienceMs: number;
  readonly graceSeconds: number;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /**
   * What is known of the old node. `dead`: peers confirm it, so that nobody waits for it; `answers`: a move while it
   * does not answer is refused, since its copy may be running. Not said: it is tried, and taken for dead when silent.
   */
  readonly sourceIs?: "dead" | "answers";
}

export interface Moving extends MoveOptions {
  readonly config: Config;
  readonly plan: MovePlan;
  readonly step: Step;
}

export interface Moved {
  readonly outcome: string;
  readonly gapMs: number | null;
}

/** The move itself, or under --dry-run what it would be. Throws move-failed after undoing what was done. */
export async function carryOut(ports: Ports, moving: Moving): Promise<Moved> {
  const { config, plan, dryRun, waitMs } = moving;
  const { container, from, to } = plan;
  const fromFile = await readEnvFile(ports, plan.wanted);
  const environment = await withSecrets(ports, plan.wanted, fromFile);
  const [source, target] = await Promise.all([sourceOf(ports, moving), sideOf(ports, config, to)]);
  refuse(moving, source, target);
  await askAboutData(moving, source);
  if (dryRun) return { outcome: wouldMove(plan, { ...moving, fromAnswers: source !== undefined }), gapMs: null };
  const places = inLockOrder([...(source ? [{ container, node: from }] : []), { container, node: to }]);
  const claim = await ports.journal.claim(container, waitMs);
  try {
    return await withLocks(ports, { config, placements: places, waitMs, dryRun }, async (locked) => {
      for (const place of places) await locked(place);
      await refuseChanged(ports, plan);
      return switchOver(safety.journal ? ports : withoutJournal(ports), {
        ...moving,
        source,
        target,
        fromFile,
        environment,
      });
    });
  } finally {
    await claim.release();
  }
}

function withoutJournal(ports: Ports): Ports {
  return { ...ports, journal: { ...ports.journal, write: () => Promise.resolve() } };
}

/** Since the move was planned, somebody else may have moved it. */
async function refuseChanged(ports: Ports, { container, from, to }: MovePlan): Promise<void> {
  const { placements } = await ports.latestConfig();
  const on = (node: string): boolean => placements.some((each) => each.container === container && each.node === node);
  if (!on(from) || on(to)) throw changedMeanwhile(container, from);
}

function changedMeanwhile(container: string, from: string): PictlError {
  return new PictlError("move-failed", `The layout was changed meanwhile: ${container} is not on ${from} any more.`, {
    container,
  });
}

async function sourceOf(ports: Ports, { config, plan, sourceIs }: Moving): Promise<Side | undefined> {
  if (sourceIs === "dead") return undefined;
  return sourceIs === "answers" ? sideOf(ports, config, plan.from) : sideUnlessDead(ports, config, plan.from);
}

/** What would fail later is refused now, before anything is touched. */
function refuse({ config, plan, overlap, copyVolumes }: Moving, source: Side | undefined, target: Side): void {
  const { container, from, to } = plan;
  for (const side of [source, target]) if (side) refuseForeign(side, container, config.cluster);
  const leaving = source?.engineId === target.engineId ? oursOn(target, container, config.cluster)?.id : undefined;
  refuseTakenPorts(plan, target.containers, leaving);
  if (overlap && leaving !== undefined) {
    throw new PictlError("usage", `${from} and ${to} are one machine, which cannot have two containers of one name.`, {
      container,
      hint: "Move it without --overlap.",
    });
  }
  if (copyVolumes && !source && plan.data.length > 0) {
    throw new PictlError("node-unreachable", `The data of ${container} cannot be copied: ${from} does not answer.`, {
      container,
      node: from,
      hint: "Say `--yes` instead of `--copy-volumes` to leave it behind.",
    });
  }
}

async function askAboutData({ config, plan, copyVolumes, mayLeaveData }: Moving, source?: Side): Promise<void> {
  const old = source && oursOn(source, plan.container, config.cluster);
  const behind = staysBehind(plan, { copyVolumes, volumes: old?.volumes ?? [] });
  if (behind.length === 0) return;
  const refusal = leavesDataBehind(plan, behind);
  try {
    if (await mayLeaveData(`${refusal.message} Leave it behind?`)) return;
  } catch (error) {
    if (!(error instanceof PictlError) || error.code !== "confirmation-missing") throw error;
  }
  throw refusal;
}

function refuseForeign({ node, containers }: Side, container: string, cluster: string): void {
  try {
    ours(containers, container, cluster);
  } catch (error) {
    throw error instanceof PictlError ? error.at({ node }) : error;
  }
}

interface Switching extends Moving {
  readonly source: Side | undefined;
  readonly target: Side;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  /** All that it gets by stdin. */
  readonly environment: readonly EnvVariable[];
}

async function switchOver(ports: Ports, moving: Switching): Promise<Moved> {
  const { config, plan, step, source, target } = moving;
  const { container, from, to } = plan;
  const old = source && oursOn(source, container, config.cluster);
  const stale = oursOn(target, container, config.cluster);
  const move: MoveRecord = {
    container,
    from,
    to,
    generation: await newGeneration(ports, [old, stale], { dryRun: false }),
    step: "begun",
    wasRunning: old?.state === "running",
    ...(stale && stale.id !== old?.id ? { replaces: true } : {}),
    startedAt: new Date(ports.clock.now()).toISOString(),
    who: ports.actor.who,
  };
  await ports.journal.write(move);
  if (!safety["prepare-first"]) await finish(ports, config, move);
  try {
    step.update(`making the image ready on ${to}`);
    await prepareImage(ports, { config, plan, target, step });
    if (source && old && moving.copyVolumes) {
      const [from, to] = [source.connection, target.connection];
      await refuseUncopyable(ports, { from, to, data: plan.data });
    }
  } catch (error) {
    await ports.journal.remove(move);
    throw notMoved(plan, error);
  }
  await ports.journal.write({ ...move, step: "switching" });
  const gapMs = await untilWritten(ports, { ...moving, move, old, copied: [] });
  const gap = gapMs === null ? "" : gapMs === 0 ? ", no gap" : `, gap ${(gapMs / 1000).toFixed(1)} s`;
  return { outcome: `moved to ${to}${gap}${await onceWritten(ports, { ...moving, move })}`, gapMs };
}

/** It has moved, whatever becomes of this: what fails is left to the next command. Resolves to what is left. */
async function onceWritten(ports: Ports, moving: Switching & { readonly move: MoveRecord }): Promise<string> {
  const { config, plan, source, move } = moving;
  const { container, from } = plan;
  try {
    await ports.journal.write({ ...move, step: "written" });
    const gone = source !== undefined && (await finish(ports, config, move));
    if (!gone) return `; ${from} does not answer, its copy is removed by the next command after it is back`;
    await ports.journal.remove(move);
    return "";
  } catch (error) {
    const next = `The next command on ${container} tries again.`;
    ports.progress.warn(`The old ${container} is still on ${from}. ${toFailure(error).message} ${next}`);
    return `; its old copy on ${from} is removed by the next command`;
  }
}

interface Replacing extends Switching {
  readonly move: MoveRecord;
  readonly old: ContainerFacts | undefined;
  /** Gets each place before anything is written there. */
  readonly copied: Place[];
}

/** Everything that is undone when it fails. Resolves to the gap in milliseconds, null when there was no old copy. */
async function untilWritten(ports: Ports, moving: Replacing): Promise<number | null> {
  const { config, plan, store, move, old } = moving;
  const sent = { new: false };
  const startingNew = (): Promise<void> => {
    sent.new = true;
    return startNew(ports, moving);
  };
  try {
    const gapMs = await replaceOld(ports, moving, startingNew);
    await notePlaced(ports, plan.container, move.generation);
    // From the commit on it is the container's own, which nobody who undoes a move takes away.
    if (moving.copied.length > 0) await ports.journal.write({ ...move, step: "switching" });
    await store.change((_config, raw) => {
      const edits = moveEdits(raw, plan);
      if (edits.length > 0) return edits;
      throw changedMeanwhile(plan.container, plan.from);
    });
    return old?.state === "running" ? gapMs : null;
  } catch (error) {
    moving.step.update("undoing");
    // Undoing is not interrupted: half a move is worse than a late Ctrl-C.
    const undone = await undo(
      ports,
      config,
      { ...move, copied: moving.copied },
      {
        dead: moving.sourceIs === "dead" ? new Set([plan.from]) : new Set(),
        certain: !sent.new || !endsUnheard.has(toFailure(error).code),
      },
    ).catch((failed: unknown) => {
      throw notMoved(plan, error, { isBack: false, notUndone: failed });
    });
    throw notMoved(plan, error, { isBack: undone || !moving.source });
  }
}

/** After these nobody knows whether a command has done its work, or is going to. */
const endsUnheard: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "timeout",
  "connection-lost",
  "node-unreachable",
  "interrupted",
]);

/** Stops the old copy and starts the new one, or the other way round; resolves to the time when neither ran. */
async function replaceOld(ports: Ports, moving: Replacing, startingNew: () => Promise<void>): Promise<number> {
  const { plan, step, source, target, old, overlap, copyVolumes, copied } = moving;
  if (overlap) {
    await startingNew();
    if (source && old) await putAside(ports, source, old, moving);
    return 0;
  }
  const stoppedAt = ports.clock.monotonic();
  if (source && old) {
    step.update(`stopping it on ${plan.from}`);
    await putAside(ports, source, old, moving);
    if (copyVolumes) {
      const [from, to] = [source.connection, target.connection];
      const noting = (place: Place): Promise<void> => {
        copied.push(place);
        return ports.journal.write({ ...moving.move, step: "switching", copied });
      };
      await copyData(ports, { from, to, data: plan.data, step, noting });
    }
  }
  await startingNew();
  return Math.round(ports.clock.monotonic() - stoppedAt);
}

/**
 * Interrupted while it stops, the old one is killed: its stopping cannot be called back, and would come in the middle of
 * what undoes it.
 */
async function putAside(
  ports: Ports,
  source: Side,
  old: ContainerFacts,
  { plan, graceSeconds }: Switching,
): Promise<void> {
  const { container } = plan;
  const leftover = source.containers.find((facts) => facts.name === retiredName(container));
  const commands = [...(leftover ? [docker.remove(leftover.id)] : []), ...retire(old.name, graceSeconds)];
  const doing = `put the old ${container} aside`;
  try {
    for (const command of commands) {
      await runDocker(source.connection, command, {
        doing,
        timeoutMs: (graceSeconds + 60) * 1000,
        signal: ports.signal,
      });
    }
  } catch (error) {
    if (ports.signal.aborted) await runDocker(source.connection, docker.kill(old.id), { doing }).catch(() => undefined);
    throw error;
  }
}

async function startNew(ports: Ports, moving: Switching & { readonly move: MoveRecord }): Promise<void> {
  const { config, plan, step, source, target, move, graceSeconds } = moving;
  step.update(`starting it on ${plan.to}`);
  const sameMachine = source?.engineId === target.engineId;
  const digest = wantedDigest(plan.wanted, moving.fromFile);
  const runCommand = docker.run(
    runInput(plan.wanted, { cluster: config.cluster, generation: move.generation, digest }),
  );
  await putInPlace(ports, {
    connection: target.connection,
    engine: target.engine,
    placement: plan.wanted,
    runCommand,
    environment: moving.environment,
    old: sameMachine ? undefined : oursOn(target, plan.container, config.cluster),
    retired: undefined,
    graceSeconds,
    watchMs: 0,
    removesFailed: true,
  });
  await checkMoved(ports, { config, plan, engine: target.engine, step, patienceMs: moving.patienceMs });
}

/**
 * `isBack`: the old copy is as it was; its node may have fallen silent since it was stopped. `notUndone`: why undoing
 * failed, which must not hide why the move did.
 */
function notMoved(
  { container, from, to }: MovePlan,
  error: unknown,
  { isBack = true, notUndone }: { readonly isBack?: boolean; readonly notUndone?: unknown } = {},
): PictlError {
  const silent = notUndone === undefined;
  const fate = isBack
    ? `it is on ${from} as before`
    : `and may be stopped on ${from}${silent ? ", which does not answer" : ""}`;
  const how = `${container} was not moved to ${to}, ${fate}.`;
  const known = toFailure(error);
  const next = `${silent ? `When ${from} answers again` : "When that is put right"}, \`pictl start ${container}\` brings it back.`;
  const { code, message: why, hint } = isBack ? known : hintedFurther(known, next);
  const message = silent ? why : `${why} Undoing failed, too: ${toFailure(notUndone).message}`;
  const details = { container, node: to, hint, cause: error };
  if (code === "interrupted") return new PictlError(code, `${message} ${how}`, details);
  return new PictlError("move-failed", `${how} ${message}`, details);
}
