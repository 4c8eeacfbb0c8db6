import { describe, expect, test } from "vitest";
import { moveEdits } from "../../../src/domain/move/edits.ts";
import { eventOnceSettled, mayStillCome, settlement, toldOnceSettled } from "../../../src/domain/move/journal.ts";
import type { LocalData } from "../../../src/domain/move/local-data.ts";
import {
  leavesDataBehind,
  outsideConstraints,
  planMove,
  refuseTakenPorts,
  staysBehind,
  wouldMove,
} from "../../../src/domain/move/plan.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";
import { moveRecord } from "../../fakes/move.ts";

const cluster = config({
  nodes: [node("n1"), node("n2"), node("n3")],
  placements: [
    placement("web", "n1", { args: ["-p", "8080:80"] }),
    placement("db", "n1", {
      args: ["-v", "data:/var/lib/mysql", "-v", "/etc/localtime:/etc/localtime", "-v", "/srv:/srv:ro"],
    }),
    placement("cache", "n1"),
    placement("cache", "n2"),
  ],
});

describe("the plan", () => {
  test("says from where to where", () => {
    expect(planMove(cluster, "web", "n2")).toMatchObject({ container: "web", from: "n1", to: "n2", data: [] });
    expect(planMove(cluster, "web", "n2").wanted).toEqual({ ...cluster.placements[0], node: "n2" });
    expect(planMove(cluster, "cache@n2", "n3")).toMatchObject({ container: "cache", from: "n2", to: "n3" });
  });

  test.each([
    // The original moved ghosts: it wrote them into the config and ran them.
    ["ghost", "n2", "unknown-container"],
    ["web", "n9", "unknown-node"],
    ["web", "n1", "usage"],
    ["cache", "n3", "usage"],
    ["cache@n1", "n2", "usage"],
  ])("%s to %s is refused: %s", (name, to, code) => {
    expect(() => planMove(cluster, name, to)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test("names exactly the data that stays behind", () => {
    const plan = planMove(cluster, "db", "n2");
    expect(leavesDataBehind(plan, plan.data).message).toBe(
      "db has data of its own on n1 that does not come along: the volume data (at /var/lib/mysql).",
    );
  });

  test("what stays behind: what is not copied, and the volumes that only its image declares", () => {
    const args = ["-v", "data:/data/", "-v", "/scratch", "-v", "/etc/my.cnf:/my.cnf:ro"];
    const on = (parts: { shared?: boolean }) =>
      planMove(config({ ...cluster, placements: [placement("db", "n1", { args, ...parts })] }), "db", "n2");
    const volumes = ["/data", "/scratch", "/var/lib/mysql"].map((target) => ({ name: "f".repeat(64), target }));
    const named = { kind: "volume", source: "data", target: "/data/" };
    const nameless = ["/scratch", "/var/lib/mysql"].map((target) => ({ kind: "anonymous", source: undefined, target }));
    expect(staysBehind(on({}), { copyVolumes: false, volumes })).toEqual([named, ...nameless]);
    expect(staysBehind(on({}), { copyVolumes: true, volumes })).toEqual(nameless);
    expect(staysBehind(on({ shared: true }), { copyVolumes: false, volumes })).toEqual([]);
    const hint = (data: typeof nameless) => leavesDataBehind(on({}), data as LocalData[]).hint;
    expect(hint(nameless)).toMatch(/^Say `--yes` to leave it behind\. A volume without a name is not copied/);
  });

  test("says so when a failover would not take the container there", () => {
    const warningOf = (...hosts: readonly string[]): string | undefined =>
      outsideConstraints({ constraints: [{ container: "web", hosts }] }, planMove(cluster, "web", "n3"));
    expect(warningOf("n1", "n2")).toBe(
      "n3 is not in web's row of `container_host_constraints` (n1, n2): a failover would take web only to those.",
    );
    expect(warningOf("n1", "n3")).toBeUndefined();
    expect(warningOf()).toBeUndefined();
    expect(outsideConstraints({ constraints: [] }, planMove(cluster, "web", "n3"))).toBeUndefined();
  });

  test("data that every node reaches is not left behind", () => {
    const shared = config({
      ...cluster,
      placements: [placement("db", "n1", { args: ["-v", "/nfs:/data"], shared: true })],
    });
    expect(planMove(shared, "db", "n2").data).toEqual([]);
  });
});

test.each([
  [
    {},
    "would be moved: make the image ready on n2, stop web on n1, start and check it on n2, write the config, remove the old one on n1",
  ],
  [
    { overlap: true },
    "would be moved: make the image ready on n2, start and check it on n2, stop web on n1, write the config, remove the old one on n1",
  ],
  [
    { copyVolumes: true },
    "would be moved: make the image ready on n2, stop web on n1, copy the volume stuff (at /data), start and check it on n2, write the config, remove the old one on n1",
  ],
  [
    { rests: true },
    "would be moved: make the image ready on n2, stop web on n1, make it on n2, where it stays stopped, write the config, remove the old one on n1",
  ],
  [
    { fromAnswers: false },
    "would be moved: make the image ready on n2, start and check it on n2, write the config, n1 does not answer: remove the old one when it is back",
  ],
])("what would be done, with %j", (options, expected) => {
  const data: LocalData[] = [{ kind: "volume", source: "stuff", target: "/data" }];
  const said = { overlap: false, copyVolumes: false, fromAnswers: true, rests: false, ...options };
  expect(wouldMove({ ...planMove(cluster, "web", "n2"), data }, said)).toBe(expected);
});

describe("ports on the target", () => {
  const plan = planMove(cluster, "web", "n2");
  const other = containerFacts({
    id: "other",
    name: "other",
    ports: [{ ip: "0.0.0.0", publicPort: 8080, privatePort: 80, protocol: "tcp" }],
  });

  test("a taken one is told before anything is touched", () => {
    expect(() => {
      refuseTakenPorts(plan, [other], undefined);
    }).toThrow(
      expect.objectContaining({
        code: "port-taken",
        message: "web publishes port 8080, which other has on n2.",
      }) as Error,
    );
  });

  test.each([
    ["by one that is stopped", { state: "exited" as const }],
    ["by udp", { ports: [{ ip: "", publicPort: 8080, privatePort: 80, protocol: "udp" }] }],
    ["by none", { ports: [] }],
  ])("taken %s is free", (_what, parts) => {
    expect(() => {
      refuseTakenPorts(plan, [{ ...other, ...parts }], undefined);
    }).not.toThrow();
  });

  test("the one that leaves the same machine does not count", () => {
    expect(() => {
      refuseTakenPorts(plan, [other], "other");
    }).not.toThrow();
  });
});

describe("the edits of the config", () => {
  const raw = {
    layout: [{ node: "n1", web: "-p 8080:80", db: "" }, { node: "n2" }],
    hb: [{ node: "n1", web: "8080" }],
  };

  test("layout and heartbeat move together; a missing row is added", () => {
    expect(moveEdits(raw, { container: "web", from: "n1", to: "n2" })).toEqual([
      { op: "move", from: ["layout", 0, "web"], to: ["layout", 1, "web"] },
      { op: "set", path: ["hb", 1], value: { node: "n2" } },
      { op: "move", from: ["hb", 0, "web"], to: ["hb", 1, "web"] },
    ]);
  });

  test("a container that somebody else moved meanwhile is left where it is", () => {
    expect(moveEdits(raw, { container: "web", from: "n2", to: "n3" })).toEqual([]);
  });
});

describe("a move that was cut off", () => {
  const record = moveRecord();
  test.each([
    ["switching", ["n1"], "undo"],
    ["switching", ["n2"], "finish"],
    ["written", ["n2"], "finish"],
    ["begun", ["n1"], "forget"],
    // Somebody edited the layout meanwhile; nothing has come to n2 that could replace anything.
    ["begun", ["n2"], "forget"],
    ["switching", ["n3"], "finish"],
    ["switching", [], "finish"],
    ["switching", ["n1", "n2"], "undo"],
    ["undone", ["n1"], "undo"],
    // The next move went somewhere else; what there may be on n2 is nobody's all the same.
    ["undone", ["n3"], "undo"],
    ["undone", [], "undo"],
    ["undone", ["n2"], "finish"],
    ["written", ["n3"], "finish"],
    // Wanted on both since: the copy on n2 is as it should be, and none is older than it should be.
    ["written", ["n1", "n2"], "forget"],
    ["written", ["n1"], "undo"],
  ] as const)("at %s, with the layout saying %j: %s", (step, nodes, expected) => {
    expect(settlement({ ...record, step }, nodes)).toBe(expected);
  });

  test.each([
    ["begun", ["n2"], "forget"],
    ["switching", ["n2"], "undo"],
    ["undone", ["n2"], "undo"],
    ["written", ["n2"], "finish"],
    // Put back in the layout since.
    ["written", ["n1"], "undo"],
    ["switching", ["n1"], "undo"],
    ["switching", [], "undo"],
  ] as const)(
    "for a layout that named n2 before, its own step decides: at %s, with %j: %s",
    (step, nodes, expected) => {
      expect(settlement({ ...record, step, origin: "apply" }, nodes)).toBe(expected);
    },
  );

  test.each([
    [
      "switching",
      "undo",
      "web: a move to n2 that me@here began at 2026-01-01T00:00:00Z and that was cut off was undone first.",
    ],
    [
      "switching",
      "finish",
      "web: a move to n2 that me@here began at 2026-01-01T00:00:00Z and that was cut off was finished first.",
    ],
    ["written", "finish", "web: its old copy on n1, left by the move to n2, was removed first."],
    ["undone", "undo", "web: what a move to n2 that failed had left there was removed first."],
    [
      "written",
      "undo",
      "web: a move to n2 that me@here began at 2026-01-01T00:00:00Z and that was cut off was undone first.",
    ],
    ["undone", "finish", undefined],
    ["written", "forget", undefined],
    ["begun", "forget", undefined],
  ] as const)("settled at %s (%s), whoever gave the command is told", (step, way, expected) => {
    const move = { ...record, from: "n1", to: "n2", startedAt: "2026-01-01T00:00:00Z", who: "me@here", step };
    expect(toldOnceSettled(move, way, ["n1", "n2"])).toBe(expected);
  });

  test.each([
    ["written", "finish", "n1"],
    ["undone", "undo", "n2"],
  ] as const)(
    "settled at %s (%s) it is not said to be removed from a node that has left the config",
    (step, way, gone) => {
      const move = { ...record, from: "n1", to: "n2", step };
      const known = ["n1", "n2"].filter((name) => name !== gone);
      const told = `web: what the move from n1 to n2 has left on ${gone} is still there: ${gone} has left the config.`;
      expect(toldOnceSettled(move, way, known)).toBe(told);
    },
  );

  test.each([
    ["switching", "finish", "move.finished"],
    ["switching", "undo", "move.undone"],
    ["switching", "forget", "move.undone"],
    ["begun", "forget", "move.undone"],
    ["written", "finish", "move.finished"],
    ["written", "forget", undefined],
    ["undone", "undo", "move.undone"],
    ["undone", "finish", undefined],
    ["undone", "forget", undefined],
  ] as const)("settled at %s (%s), its event is %s: none twice", (step, way, expected) => {
    expect(eventOnceSettled({ step }, way)).toBe(expected);
  });

  test("of one that was undone before, and is only looked at once more, nothing is told again", () => {
    expect(toldOnceSettled({ ...record, step: "undone", lookedAt: 1000 }, "undo", ["n1", "n2"])).toBeUndefined();
    expect(eventOnceSettled({ step: "undone", lookedAt: 1000 }, "undo")).toBeUndefined();
  });

  test.each([
    [undefined, 0, false],
    [1000, 1000, true],
    [1000, 15_999, true],
    [1000, 16_000, false],
    // The clock was set back: nobody waits for it to catch up.
    [1000, 999, false],
  ])("looked for at %j, its new copy may still come at %j: %j", (lookedAt, now, expected) => {
    expect(mayStillCome(lookedAt === undefined ? {} : { lookedAt }, now)).toBe(expected);
  });
});
