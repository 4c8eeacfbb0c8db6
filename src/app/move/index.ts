import type { Config } from "../../domain/config/types.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { type MovePlan, outsideConstraints, planMove, planMoveByLayout } from "../../domain/move/plan.ts";
import { refuseCordoned } from "../../domain/node/cordon.ts";
import { selectPlacements } from "../../domain/select.ts";
import { runHooks } from "../kit/hooks.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Ports } from "../ports.ts";
import { record } from "../kit/record.ts";
import type { Report } from "../kit/report.ts";
import { carryOutMove } from "./carry-out.ts";
import type { MoveOptions } from "./moving.ts";
import { settleMoves } from "./settle.ts";

export interface MoveInput extends MoveOptions {
  readonly config: Config;
  /** `NAME` or `NAME@NODE`. */
  readonly name: string;
  readonly to: string;
  /** Also to a node that is cordoned. */
  readonly force: boolean;
}

export interface MoveRow {
  readonly container: string;
  readonly from: string;
  readonly to: string;
  readonly changed: boolean;
  readonly outcome: string;
  /** How long neither copy ran; null when the old node was dead or nothing was done. */
  readonly gapMs: number | null;
  readonly durationMs: number;
}

/**
 * Moves a container: image first, then stop the old one, start and check the new one, write the config once, remove
 * the old one. Whatever fails before the config is written is undone: the old one runs and the config is untouched.
 * A pictl that is killed on the way leaves a journal, and the next command on that container finishes or undoes it.
 */
export async function moveContainer(ports: Ports, input: MoveInput): Promise<Report<{ moves: readonly MoveRow[] }>> {
  const { store } = input;
  // Ahead of any refusal: what the config says may be what a move that was cut off has not done yet.
  if (!input.dryRun) await settleNamed(ports, input);
  // What was cut off may have been finished just now.
  const { config } = await store.read();
  const plan = planOf(config, input);
  if (!input.force) refuseCordoned(nodeOf(config, plan.to));
  if (plan.data.length > 0 && input.overlap) {
    throw new PictlError(
      "usage",
      "Two copies must not write to the same kind of data: --overlap is not for containers with volumes of their own.",
      {
        container: plan.container,
        hint: "Move it without --overlap.",
      },
    );
  }
  const outside = outsideConstraints(config, plan);
  if (outside !== undefined) ports.progress.warn(outside);
  // It would stop the container, and perhaps copy its data, for nothing.
  if (!input.dryRun && input.origin === undefined) await store.change(() => []);
  const step = ports.progress.step(`${plan.container}@${plan.from}`, `move to ${plan.to}`);
  const startedAt = ports.clock.monotonic();
  try {
    const { outcome, gapMs } = await carryOutMove(ports, { ...input, config, plan, step });
    step.done(outcome);
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    const { container, from, to } = plan;
    const row = { container, from, to, changed: !input.dryRun, outcome, gapMs, durationMs };
    if (!input.dryRun) {
      const event = await record(ports, {
        type: "container.moved",
        container,
        node: to,
        before: from,
        after: to,
        durationMs,
        ...(gapMs === null ? {} : { gapMs }),
      });
      await runHooks(ports, { config, placement: plan.wanted, hook: "onMove", event });
    }
    return { result: { moves: [row] }, failures: [] };
  } catch (error) {
    step.fail();
    const { code, message } = toFailure(error);
    if (!input.dryRun && code !== "confirmation-missing") {
      await record(ports, {
        type: "container.move-failed",
        container: plan.container,
        node: plan.from,
        before: plan.from,
        after: plan.to,
        error: message,
      });
    }
    throw error instanceof PictlError ? error.at({ container: plan.container }) : error;
  }
}

/** Settles the moves of what is meant, also where the layout does not have it there any more. */
async function settleNamed(ports: Ports, input: MoveInput): Promise<void> {
  const { config, name } = input;
  const named = name.includes("*")
    ? selectPlacements(config, [name]).map(({ container }) => container)
    : [name.replace(/@[^@]*$/, "")];
  for (const container of new Set(named)) await settleMoves(ports, config, container, input);
}

function planOf(config: Config, { name, to, origin }: MoveInput): MovePlan {
  if (origin === undefined) return planMove(config, name, to);
  const at = name.lastIndexOf("@");
  return planMoveByLayout(config, { container: name.slice(0, at), from: name.slice(at + 1), to });
}
