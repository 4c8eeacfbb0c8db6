import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import type { Verdict } from "./sight.ts";

/** A move under way: it has neither ended nor been written into the config. */
export interface Moving extends Pick<MoveRecord, "container" | "to"> {
  readonly by: string;
}

/** Nobody moves a container while somebody else does, and a daemon moves one container at a time to a node. */
export function oneAtATime(begun: Moving, others: Iterable<Moving>): Verdict {
  for (const other of others) {
    const sameContainer = other.container === begun.container;
    if (sameContainer && other.by !== begun.by) return `${begun.by} moves ${begun.container} while ${other.by} does`;
    if (!sameContainer && begun.by === "daemon" && other.by === begun.by && other.to === begun.to) {
      return `${begun.container} is moved to ${begun.to} while ${other.container} is`;
    }
  }
  return undefined;
}
