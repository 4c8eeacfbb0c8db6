import { expect, test } from "vitest";
import { openTroubles } from "../../../src/app/heartbeat/troubles.ts";
import type { CheckRow } from "../../../src/domain/heartbeat/decide.ts";

const row = (node: string, ok: boolean): CheckRow => {
  return { container: "web", node, ok, message: "", durationMs: 1, kind: "tcp", failures: 1, decision: "" };
};
const told = (rows: readonly CheckRow[]): unknown[] => rows.map(({ node, trouble }) => [node, trouble]);

test("what was tried in vain is told with the check that fails, until that is well or something else was done", () => {
  const troubles = openTroubles();
  troubles.note(row("n1", false), "restart was in vain: no space left.");
  expect(told(troubles.told([row("n1", false), row("n2", false)]))).toEqual([
    ["n1", "restart was in vain: no space left."],
    ["n2", undefined],
  ]);
  expect(told(troubles.told([row("n1", true)]))).toEqual([["n1", undefined]]);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", undefined]]);
  troubles.note(row("n1", false), "restart was in vain: no space left.");
  troubles.note(row("n1", false), undefined);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", undefined]]);
});
