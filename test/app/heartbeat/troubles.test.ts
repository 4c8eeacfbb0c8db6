import { expect, test } from "vitest";
import { openTroubles } from "../../../src/app/heartbeat/troubles.ts";
import type { CheckRow } from "../../../src/domain/heartbeat/decision.ts";

const row = (node: string, ok: boolean): CheckRow => {
  return { container: "web", node, ok, message: "", durationMs: 1, kind: "tcp", failures: 1, decision: "" };
};
const told = (rows: readonly CheckRow[]): unknown[] => rows.map(({ node, trouble }) => [node, trouble]);

const full = "restart was in vain: no space left.";
const elsewhere = "failing over was in vain: n2: it did not start.";

test("what was tried in vain is told with the check that fails, until that is well or the same was done", () => {
  const troubles = openTroubles();
  troubles.note("repair", row("n1", false), full);
  expect(told(troubles.told([row("n1", false), row("n2", false)]))).toEqual([
    ["n1", full],
    ["n2", undefined],
  ]);
  expect(told(troubles.told([row("n1", true)]))).toEqual([["n1", undefined]]);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", undefined]]);
  troubles.note("repair", row("n1", false), full);
  troubles.note("repair", row("n1", false), undefined);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", undefined]]);
});

test("a repair in vain hides no failover in vain, whichever came first, nor does one that was done", () => {
  const troubles = openTroubles();
  troubles.note("failover", row("n1", false), elsewhere);
  troubles.note("repair", row("n1", false), full);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", `${full} ${elsewhere}`]]);
  troubles.note("repair", row("n1", false), undefined);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", elsewhere]]);
  troubles.note("repair", row("n1", false), full);
  troubles.note("failover", row("n1", false), undefined);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", full]]);
  troubles.note("failover", row("n1", false), elsewhere);
  troubles.told([row("n1", true)]);
  expect(told(troubles.told([row("n1", false)]))).toEqual([["n1", undefined]]);
});
