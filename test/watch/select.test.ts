import { expect, test } from "vitest";
import { containersOf, isOld, isTold, oldAfterMs, statusRows } from "../../src/watch/select.ts";
import { config, node, placement } from "../fakes/config.ts";
import { answered, container, looked, lost, modelOf, startMs, state } from "./model.ts";

const t = startMs;
const from = config({
  nodes: [node("n1"), node("n2")],
  placements: [placement("web", "n2"), placement("web", "n1"), placement("db", "n1")],
});

test("the rows of `pictl status`: in the order of the layout, strays last, as old as they are now", () => {
  const model = modelOf(from, [
    answered("n1", t),
    looked("n1", t, state([container("old"), container("web", { startedAtMs: t - 1000 }), container("db")])),
    {
      kind: "use",
      node: "n1",
      atMs: t,
      uses: new Map([
        [
          "id-web",
          {
            cpuPercent: 3,
            memoryBytes: 5,
            memoryLimitBytes: null,
            networkRxBytesPerSecond: null,
            networkTxBytesPerSecond: null,
          },
        ],
      ]),
    },
  ]);
  const rows = statusRows(model, t + 4000);
  expect(rows.map((row) => `${row.container}@${row.node} ${row.state}`)).toEqual([
    "web@n2 unknown",
    "web@n1 running",
    "db@n1 running",
    "old@n1 stray",
  ]);
  expect(rows[1]).toMatchObject({ uptimeMs: 5000, cpuPercent: 3 });
  expect(statusRows(model, t + oldAfterMs.use + 1)[1]).toMatchObject({ cpuPercent: null, memoryBytes: null });
});

test("the list of rows is made once for a model", () => {
  const model = modelOf(from);
  expect(containersOf(model)).toBe(containersOf({ ...model, jobs: [] }));
});

test("what was never seen is old, and what was seen long ago", () => {
  expect([isOld(null, t, "node"), isOld(t - 15_000, t, "node"), isOld(t - 15_001, t, "node")]).toEqual([
    true,
    false,
    true,
  ]);
});

test.each([
  ["nobody has heard of it", [], false],
  ["its Docker has not yet told", [answered("n1", t)], false],
  ["it has told", [answered("n1", t), looked("n1", t, state([]))], true],
  ["it is silent", [lost("n1", t)], true],
])("whether a node has told: %s", (_what, happenings, told) => {
  const found = modelOf(from, happenings).nodes.get("n1");
  expect(found && isTold(found)).toBe(told);
});
