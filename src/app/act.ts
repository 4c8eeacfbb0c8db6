import type { PictlEvent } from "../domain/event.ts";
import { toFailure } from "../domain/errors.ts";
import type { Ports } from "./ports.ts";
import { record } from "./record.ts";

/** What was done to one container, as a row of a report. */
export interface ActionRow {
  readonly container: string;
  readonly node: string;
  readonly changed: boolean;
  /** `started`, `runs already` …; under --dry-run what would be run. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface Done {
  readonly outcome: string;
  /** What to write in the event log; undefined when nothing was changed. */
  readonly event?: Pick<PictlEvent, "before" | "after"> & { readonly type: string };
}

/**
 * One action on one container: shown as a step while it goes on, timed, and written to the event log, also when it
 * fails (`container.VERB-failed`). Rejects with what `work` rejects with.
 */
export async function act(
  ports: Ports,
  action: { readonly verb: string; readonly container: string; readonly node: string },
  work: () => Promise<Done>,
): Promise<ActionRow> {
  const { verb, container, node } = action;
  const step = ports.progress.step(`${container}@${node}`, verb);
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  try {
    const { outcome, event } = await work();
    step.done(outcome);
    if (event) await record(ports, { ...event, node, container, durationMs: elapsed() });
    return { container, node, changed: event !== undefined, outcome, durationMs: elapsed() };
  } catch (error) {
    const { message } = toFailure(error);
    step.fail();
    if (!ports.signal.aborted) {
      await record(ports, { type: `container.${verb}-failed`, node, container, durationMs: elapsed(), error: message });
    }
    throw error;
  }
}
