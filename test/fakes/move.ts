import type { MoveRecord } from "../../src/domain/move/journal.ts";

/** A move of web from n1 to n2, in the middle of it. */
export function moveRecord(parts: Partial<MoveRecord> = {}): MoveRecord {
  return {
    container: "web",
    from: "n1",
    to: "n2",
    generation: 2,
    step: "switching",
    wasRunning: true,
    startedAt: "2026-01-01T00:00:00.000Z",
    who: "me",
    ...parts,
  };
}
