import { expect, test } from "vitest";
import { progressOf } from "../../../src/domain/move/journal.ts";

test("how far a move has come is told by its step; what has its place already is no alarm", () => {
  const told = (["begun", "switching", "written", "undone"] as const).map((step) =>
    progressOf({ from: "n1", to: "n2", step }),
  );
  expect(told).toEqual([
    { words: "its move from n1 to n2 is being prepared", settled: false },
    { words: "its move from n1 to n2 has not ended", settled: false },
    { words: "it has moved from n1 to n2, and its old copy on n1 is still to be removed", settled: true },
    {
      words: "its move from n1 to n2 was undone, and what may have come to n2 is still to be looked for",
      settled: true,
    },
  ]);
});
