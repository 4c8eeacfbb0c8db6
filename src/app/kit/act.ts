import type { PictlEvent } from "../../domain/events/event.ts";
import { toFailure } from "../../domain/errors.ts";
import type { Swap } from "../../domain/place/swap.ts";
import type { Ports, ProgressStep } from "../ports.ts";
import { record } from "./record.ts";

/** What was done to one container, as a row of a report. */
export interface ActionRow {
  readonly container: string;
  readonly node: string;
  readonly changed: boolean;
  /** `started`, `runs already` …; under --dry-run what would be run. */
  readonly outcome: string;
  /** How a new copy took the place of an old one. */
  readonly swap?: Swap["kind"];
  /** How long nothing served, up to the moment when the new copy passed its check; null when nothing could tell. */
  readonly gapMs?: number | null;
  readonly durationMs: number;
}

export interface Done extends Pick<ActionRow, "swap" | "gapMs"> {
  readonly outcome: string;
  /** What to write in the event log; undefined when nothing was changed. */
  readonly event?: Pick<PictlEvent, "before" | "after"> & { readonly type: string };
}

interface Action {
  readonly verb: string;
  readonly container: string;
  readonly node: string;
  /** Nothing is changed, and nothing written in the event log. */
  readonly dryRun?: boolean;
}

/**
 * One action on one container: shown as a step while it goes on, timed, and written to the event log, also when it
 * fails (`container.VERB-failed`). Rejects with what `work` rejects with.
 */
export async function act(
  ports: Ports,
  action: Action,
  work: (step: ProgressStep) => Promise<Done>,
): Promise<ActionRow> {
  const { verb, container, node } = action;
  const step = ports.progress.step(`${container}@${node}`, verb);
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  try {
    const { outcome, event, ...rest } = await work(step);
    step.done(outcome);
    if (event) await record(ports, { ...event, node, container, durationMs: elapsed() });
    return { container, node, changed: event !== undefined, outcome, ...rest, durationMs: elapsed() };
  } catch (error) {
    step.fail();
    await recordFailure(ports, action, { error, durationMs: elapsed() });
    throw error;
  }
}

/** What goes before an action on a container: only its failure is written to the event log. */
export async function recordingFailure<T>(ports: Ports, action: Action, work: () => Promise<T>): Promise<T> {
  const startedAt = ports.clock.monotonic();
  try {
    return await work();
  } catch (error) {
    await recordFailure(ports, action, { error, durationMs: Math.round(ports.clock.monotonic() - startedAt) });
    throw error;
  }
}

/** Writes down that an action failed, but not that it was interrupted; with what a new container said last. */
async function recordFailure(
  ports: Ports,
  { verb, container, node, dryRun = false }: Action,
  { error, durationMs }: { readonly error: unknown; readonly durationMs: number },
): Promise<void> {
  if (dryRun || ports.signal.aborted) return;
  const { code, message, hint } = toFailure(error);
  const said = code === "gate-failed" && hint !== undefined ? { after: { said: hint } } : {};
  await record(ports, { type: `container.${verb}-failed`, node, container, ...said, durationMs, error: message });
}
