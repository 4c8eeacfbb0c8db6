import { type ErrorCode, PictlError, toFailure } from "../../domain/errors.ts";
import { commandWindowMs } from "../../domain/guard/command.ts";
import { moveEdits } from "../../domain/move/edits.ts";
import { type MoveRecord, orderTakesMs } from "../../domain/move/journal.ts";
import { notMoved } from "../../domain/move/not-moved.ts";
import { planMoveByLayout, wouldMove } from "../../domain/move/plan.ts";
import type { Passed } from "../../domain/place/gate.ts";
import { safety } from "../../domain/safety.ts";
import { readEnvFile, wantedDigest, withSecrets } from "../place/prepare/environment.ts";
import { newGeneration, notePlaced } from "../copies/generations.ts";
import { forgetStopped } from "../copies/stop-marks.ts";
import { staysStopped } from "../../domain/container/stop/stop-mark.ts";
import { inLockOrder, withLocks } from "../kit/locks.ts";
import type { Ports } from "../ports.ts";
import { refuseUncopyable } from "./copy-data.ts";
import type { Moving, Replacing, Switching } from "./moving.ts";
import { buildImages } from "../build.ts";
import { pullMissing } from "../place/prepare/image.ts";
import { settleReplacement } from "../place/settle.ts";
import { preflight } from "./preflight.ts";
import { replaceOld, startNew } from "./replace-old.ts";
import { finish } from "./settle.ts";
import { oursOn, restsOn } from "./side.ts";
import { undo } from "./undo.ts";

export interface Moved {
  readonly outcome: string;
  readonly gapMs: number | null;
}

/** The move itself, or under --dry-run what it would be. Throws move-failed after undoing what was done. */
export async function carryOutMove(ports: Ports, moving: Moving): Promise<Moved> {
  const { config, plan, dryRun, waitMs } = moving;
  const { container, from, to } = plan;
  const fromFile = await readEnvFile(ports, plan.wanted);
  const environment = await withSecrets(ports, plan.wanted, fromFile);
  const { source, target } = await preflight(ports, moving);
  if (dryRun) {
    const rests = await restsOn(source, source && oursOn(source, container, config.cluster));
    const fromAnswers = source !== undefined;
    return { outcome: wouldMove(plan, { ...moving, fromAnswers, rests: rests !== undefined }), gapMs: null };
  }
  const places = inLockOrder([...(source ? [{ container, node: from }] : []), { container, node: to }]);
  const claim = await ports.journal.claim(container, waitMs);
  try {
    return await withLocks(ports, { config, placements: places, waitMs, dryRun }, async (locked) => {
      for (const place of places) await locked(place);
      await refuseChanged(ports, moving);
      if (moving.asPlanned) {
        moving.asPlanned({
          from: (await source?.engine.containers()) ?? [],
          to: await target.engine.containers(),
          digest: wantedDigest(plan.wanted, fromFile),
        });
      }
      // What a replacement there has left is its old copy, which may be the one that is to go.
      const left = source && (await settleReplacement(ports, { ...moving, placement: plan.old }));
      return switchOver(safety.journal ? ports : withoutJournal(ports), {
        ...moving,
        source: source && { ...source, containers: left ?? source.containers },
        target,
        stillLocked: (node) => locked({ container, node }),
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
async function refuseChanged(ports: Ports, { plan: { container, from, to }, origin }: Moving): Promise<void> {
  const { placements } = await ports.latestConfig();
  if (origin === "apply") {
    planMoveByLayout({ placements }, { container, from, to });
    return;
  }
  const on = (node: string): boolean => placements.some((each) => each.container === container && each.node === node);
  if (!on(from) || on(to)) throw changedMeanwhile(container, from);
}

function changedMeanwhile(container: string, from: string): PictlError {
  return new PictlError("move-failed", `The layout was changed meanwhile: ${container} is not on ${from} any more.`, {
    container,
  });
}

async function switchOver(ports: Ports, moving: Switching): Promise<Moved> {
  const { config, plan, step, source, target } = moving;
  const { container, from, to } = plan;
  const old = source && oursOn(source, container, config.cluster);
  const stale = oursOn(target, container, config.cluster);
  const rests = await restsOn(source, old);
  const move: MoveRecord = {
    container,
    from,
    to,
    generation: await newGeneration(ports, [old, stale], { dryRun: false }),
    step: "begun",
    wasRunning: old?.state === "running",
    ...(stale && stale.id !== old?.id ? { replaces: true } : {}),
    ...(moving.origin === undefined ? {} : { origin: moving.origin }),
    startedAt: new Date(ports.clock.now()).toISOString(),
    who: ports.actor.who,
  };
  await ports.journal.write(move);
  if (!safety["prepare-first"]) await finish(ports, config, move);
  let powers: ReadonlySet<string> = new Set();
  try {
    step.update(`making the image ready on ${to}`);
    await makeImageReady(ports, moving);
    if (source && old && moving.copyVolumes) {
      const [from, to] = [source.connection, target.connection];
      powers = await refuseUncopyable(ports, { from, to, data: plan.data });
    }
  } catch (error) {
    await ports.journal.remove(move);
    throw notMoved(plan, error);
  }
  await ports.journal.write({ ...move, step: "switching" });
  const gapMs = await untilWritten(ports, { ...moving, move, old, rests, copied: [], powers });
  const unknown = old?.state === "running" ? ", gap unknown: it has no check" : "";
  const gap = gapMs === null ? unknown : gapMs === 0 ? ", no gap" : `, gap ${(gapMs / 1000).toFixed(1)} s`;
  const stays = rests ? `, ${staysStopped(rests)}` : "";
  return { outcome: `moved to ${to}${gap}${stays}${await onceWritten(ports, { ...moving, move, rests })}`, gapMs };
}

/** Builds or pulls it on the target, or brings it there, before anything else is touched. A silent source is not waited for. */
async function makeImageReady(ports: Ports, { config, plan, source, target, step }: Switching): Promise<void> {
  const { connection, engine } = target;
  const { from } = plan;
  const alsoOn = source ? [from] : [];
  const say = (text: string): void => {
    step.update(text);
  };
  await pullMissing(ports, { config, placement: plan.wanted, connection, engine, say });
  const flags = { noCache: false, pull: false, force: false, dryRun: false };
  const [failure] = (await buildImages(ports, { config, placements: [plan.wanted], alsoOn, ...flags })).failures;
  if (failure) throw new PictlError(failure.code, failure.message, failure);
}

/** It has moved, whatever becomes of this: what fails is left to the next command. Resolves to what is left. */
async function onceWritten(ports: Ports, moving: Switching & Pick<Replacing, "move" | "rests">): Promise<string> {
  const { config, plan, source, move, rests } = moving;
  const { container, from } = plan;
  try {
    await ports.journal.write({ ...move, step: "written" });
    const gone = source !== undefined && (await finish(ports, config, move));
    if (!gone) return `; ${from} does not answer, its copy is removed by the next command after it is back`;
    await ports.journal.remove(move);
    if (rests) await forgetStopped({ ...source, cluster: config.cluster, container, marks: [rests] });
    return "";
  } catch (error) {
    const next = `The next command on ${container} tries again.`;
    ports.progress.warn(`The old ${container} is still on ${from}. ${toFailure(error).message} ${next}`);
    return `; its old copy on ${from} is removed by the next command`;
  }
}

/** Everything that is undone when it fails. Resolves to the gap in milliseconds, null when there was no old copy. */
async function untilWritten(ports: Ports, moving: Replacing): Promise<number | null> {
  const { config, plan, store, move, old } = moving;
  const { clock } = ports;
  let sentAt: number | undefined;
  const startingNew = async (): Promise<Passed> => {
    const { copied } = moving;
    await ports.journal.write({ ...move, step: "switching", copied, orderedAt: clock.now() });
    sentAt = clock.monotonic();
    return startNew(ports, moving);
  };
  try {
    const gapMs = await replaceOld(ports, moving, startingNew);
    await notePlaced(ports, plan.container, move.generation);
    // From the commit on it is the container's own, which nobody who undoes a move takes away.
    await moving.stillLocked(plan.to);
    if (moving.origin === "apply") {
      await ports.journal.write({ ...move, step: "written" });
      return old?.state === "running" ? gapMs : null;
    }
    if (moving.copied.length > 0) await ports.journal.write({ ...move, step: "switching" });
    await store.change((_config, raw) => {
      const edits = moveEdits(raw, plan);
      if (edits.length > 0) return edits;
      throw changedMeanwhile(plan.container, plan.from);
    });
    return old?.state === "running" ? gapMs : null;
  } catch (error) {
    const { code } = toFailure(error);
    // What is on its way may begin for a while, and must not come beside the old one; who is told to end does not wait for that.
    if (sentAt !== undefined && onItsWay.has(code)) {
      moving.step.update("waiting until nothing that was sent can begin");
      const ms = sentAt + commandWindowMs + orderTakesMs - clock.monotonic();
      await clock.sleep(Math.max(0, ms), ports.signal).catch(() => undefined);
    }
    moving.step.update("undoing");
    // Undoing is not interrupted: half a move is worse than a late Ctrl-C.
    const undone = await undo(
      { ...ports, nodes: moving.undoing ?? ports.nodes },
      config,
      { ...move, copied: moving.copied },
      {
        dead: moving.sourceIs === "dead" ? new Set([plan.from]) : new Set(),
        certain: sentAt === undefined || !endsUnheard.has(code),
      },
    ).catch((failed: unknown) => {
      throw notMoved(plan, error, { isBack: false, notUndone: failed });
    });
    throw notMoved(plan, error, { isBack: undone || !moving.source });
  }
}

/** After these a command may not have begun yet: its node was not heard any more. */
const onItsWay: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["connection-lost", "node-unreachable"]);

/** After these nobody knows whether a command has done its work, or is going to. */
const endsUnheard: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...onItsWay, "timeout", "interrupted"]);
