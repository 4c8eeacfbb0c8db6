import { abortable } from "../../abort.ts";
import type { PlanStep } from "../../domain/plan/types.ts";
import { rolloutStopped } from "../place/rollout/roll-out.ts";
import type { Ports } from "../ports.ts";

type End = "done" | "failed";

/** Who waits for whom while a plan is carried out. */
export interface Turns {
  /** Does the work of a step when those before it are done. Rejects with rollout-stopped where one has failed. */
  take<T>(step: PlanStep, work: () => Promise<T>): Promise<T>;
  /** It will not be done. */
  leave(step: PlanStep): void;
  has(step: PlanStep, end: End): boolean;
}

export function openTurns({ signal }: Pick<Ports, "signal">, steps: readonly PlanStep[]): Turns {
  const ends = new Map<string, End>();
  const listeners = new Map<string, ((end: End) => void)[]>();
  const end = ({ id }: PlanStep, how: End): void => {
    if (ends.has(id)) return;
    ends.set(id, how);
    for (const listener of listeners.get(id) ?? []) listener(how);
  };
  const endOf = (id: string): Promise<End> => {
    const known = ends.get(id);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => {
      listeners.set(id, [...(listeners.get(id) ?? []), resolve]);
    });
  };
  const known = new Set(steps.map(({ id }) => id));
  return {
    async take(step, work) {
      try {
        for (const id of step.after.filter((each) => known.has(each))) {
          if ((await abortable(endOf(id), signal)) === "failed") {
            throw rolloutStopped(step, `it comes after \`${id}\`, which was not done`);
          }
        }
        const result = await work();
        end(step, "done");
        return result;
      } catch (error) {
        end(step, "failed");
        throw error;
      }
    },
    leave: (step) => {
      end(step, "failed");
    },
    has: ({ id }, how) => ends.get(id) === how,
  };
}
