import type { Config } from "../config/types.ts";
import type { CheckState } from "./checks/failing.ts";
import type { Action, CheckRow, DecidedEvent } from "./decision.ts";
import type { CheckFact, RoundFacts } from "./facts.ts";
import type { Memory, Trial } from "./memory.ts";

/** Filled in by the steps of one decision. */
export interface DecisionDraft {
  readonly config: Config;
  readonly round: RoundFacts;
  readonly before: Memory;
  readonly memory: Memory;
  readonly trials: Record<string, Trial>;
  readonly told: Record<string, string>;
  readonly actions: Action[];
  readonly events: DecidedEvent[];
  readonly rows: CheckRow[];
  readonly states: { readonly container: string; readonly node: string; readonly state: CheckState }[];
}

/** An event for a state that lasts: once when it begins, again when it is another. */
export function tellOnce(draft: DecisionDraft, key: string, state: string, event: DecidedEvent): void {
  draft.told[key] = state;
  if (draft.before.told[key] !== state) draft.events.push(event);
}

export function checkRow(check: CheckFact, rest: Pick<CheckRow, "failures" | "decision">): CheckRow {
  const { container, node, ok, message, durationMs } = check;
  return { container, node, kind: check.check.kind, ok, message, durationMs, ...rest };
}

export function placeOfCheck({ container, node }: CheckFact): { container: string; node: string } {
  return { container, node };
}
