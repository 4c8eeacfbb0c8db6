import { describe, expect, test } from "vitest";
import { config, node, placement } from "../../fakes/config.ts";
import { notAtRest } from "./at-rest.ts";
import { written } from "./config.ts";
import { deadEnough } from "./dead-enough.ts";
import { lost } from "./lost.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { touched } from "./ownership.ts";
import { afterRound, isolatedBegins, noRounds, refusedCounts, tooEarly } from "./rounds.ts";
import type { Copy, Sight } from "./sight.ts";
import { storm, type WrittenMove } from "./storm.ts";
import { type Doubles, twoCopies } from "./two-copies.ts";

type Round = Parameters<typeof afterRound>[1];

const copy = (on: string, parts: Partial<Copy> = {}): Copy => ({
  container: "web",
  node: on,
  id: on,
  name: "web",
  running: true,
  generation: 1,
  ...parts,
});

describe("two copies", () => {
  const sight = (at: number, parts: Partial<Sight> = {}): Sight => ({
    at,
    copies: [copy("n1"), copy("n2")],
    answering: new Set(["n1", "n2"]),
    watching: true,
    busy: new Set(),
    ...parts,
  });
  const after = (...sights: readonly Sight[]): string | undefined => {
    let doubles: Doubles = new Map();
    for (const each of sights) {
      const next = twoCopies(doubles, each, 10_000);
      if (next.verdict !== undefined) return next.verdict;
      ({ doubles } = next);
    }
    return undefined;
  };

  test("are told when both answer for longer than the limit", () => {
    expect(after(sight(0), sight(10_000))).toBeUndefined();
    expect(after(sight(0), sight(10_001))).toBe("web has run on n1 and n2 for 10 s, and both answer");
  });

  test("are nobody's fault while one of the nodes is silent, or nobody watches; then the time begins anew", () => {
    for (const parts of [{ answering: new Set(["n1"]) }, { watching: false }, { copies: [copy("n1")] }]) {
      expect(after(sight(0), sight(9000, parts), sight(10_001), sight(20_000))).toBeUndefined();
      expect(after(sight(0), sight(9000, parts), sight(10_001), sight(20_002))).toBeDefined();
    }
  });

  test("may take longer while somebody is about it, but not for ever", () => {
    const busy = { busy: new Set(["web"]) };
    expect(after(sight(0), sight(200_000, busy))).toBeUndefined();
    expect(after(sight(0), sight(300_001, busy))).toBeDefined();
  });
});

test("a container without a copy anywhere is lost; a stopped one is not", () => {
  expect(lost(["web"], [copy("n1", { running: false })])).toBeUndefined();
  expect(lost(["web", "db"], [copy("n1")])).toBe("db is lost: no node has a copy of it");
});

test("nothing is done to what is not ours, and no volume is removed", () => {
  const ours = { name: "web", labels: { "io.pictl.cluster": "sim" } };
  expect(touched({ do: "stop", name: "web" }, ours, "sim")).toBeUndefined();
  expect(touched({ do: "stop", name: "web" }, ours, "other")).toBe("stop of web, which is not ours");
  expect(touched({ do: "rm", name: "x", force: true, volumes: false }, { name: "x", labels: {} }, "sim")).toBeDefined();
  expect(touched({ do: "rm", name: "web", force: true, volumes: true }, ours, "sim")).toBe("a volume is removed");
  expect(touched({ do: "volume-rm", names: [] }, undefined, "sim")).toBe("a volume is removed");
});

test("what is written is a config, with every container in it as often as before", () => {
  const before = config({ placements: [placement("web", "n1"), placement("db", "n1")] });
  expect(written(before, config({ placements: [placement("db", "n1"), placement("web", "n2")] }))).toBeUndefined();
  expect(written(before, config({ placements: [placement("db", "n1")] }))).toBeDefined();
  expect(written(before, undefined)).toBe("a config was written that is none");
});

describe("a storm", () => {
  const minute = 60_000;
  const move = (container: string, from: string, at: number, nodeDead = false): WrittenMove => ({
    container,
    from,
    at: at * minute,
    nodeDead,
  });

  test("is one container twice within ten minutes, or from a third host within an hour", () => {
    expect(storm([move("web", "n1", 0), move("web", "n2", 11)], 10)).toBeUndefined();
    expect(storm([move("web", "n1", 0), move("web", "n2", 7)], 10)).toBe("web was moved 2 times within 10 min");
    expect(storm([move("web", "n1", 0), move("web", "n2", 20), move("web", "n3", 50)], 10)).toMatch(/three hosts/);
  });

  test("is more than a fifth of the containers within five minutes, but for those of one dead node", () => {
    expect(storm([move("a", "n1", 0), move("b", "n2", 1)], 10)).toBeUndefined();
    expect(storm([move("a", "n1", 0), move("b", "n2", 1)], 9)).toBe("2 of 9 containers were moved within 5 min");
    expect(
      storm(
        ["a", "b", "c"].map((each) => move(each, "n1", 0, true)),
        9,
      ),
    ).toBeUndefined();
    expect(storm([move("a", "n1", 0, true), move("b", "n2", 1, true), move("c", "n2", 1, true)], 9)).toBeUndefined();
    expect(
      storm(
        [move("a", "n1", 0, true), move("b", "n1", 0, true), move("c", "n2", 1, true), move("d", "n2", 1, true)],
        9,
      ),
    ).toBeDefined();
  });
});

describe("rounds", () => {
  const nodes = (...states: readonly ("up" | "silent" | "refused")[]): Round["nodes"] =>
    Object.fromEntries(states.map((state, index) => [`n${String(index + 1)}`, { state } as Round["nodes"][string]]));
  const row = (failures: number, ok = false): Round["rows"][number] => ({
    container: "web",
    node: "n1",
    ok,
    kind: "tcp",
    message: "",
    durationMs: 0,
    failures,
    decision: "",
  });
  const failOver: Round["actions"] = [
    { do: "fail-over", container: "web", from: "n1", nodeDead: true, hosts: ["n2"], cause: "" },
  ];
  const round = (parts: Partial<Round>): Round => ({ nodes: {}, rows: [], actions: [], isolated: false, ...parts });

  test("in which most nodes fall silent at once begin nothing, nor do the two after they are back", () => {
    const acting = { actions: failOver };
    expect(isolatedBegins(noRounds, round({ ...acting, isolated: true }))).toBeDefined();
    const fell = afterRound(noRounds, round({ nodes: nodes("silent", "silent", "up") }));
    const back = round({ nodes: nodes("up", "up", "up"), ...acting });
    const first = afterRound(fell, back);
    const second = afterRound(first, back);
    const third = afterRound(second, back);
    expect([fell, first, second, third].map((each) => isolatedBegins(each, back) !== undefined)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const half = afterRound(noRounds, round({ nodes: nodes("silent", "up") }));
    expect(isolatedBegins(half, round(acting))).toBeUndefined();
  });

  test("in which a node refuses us count nothing", () => {
    const before = afterRound(noRounds, round({ nodes: nodes("up"), rows: [row(1)] }));
    expect(refusedCounts(before, round({ nodes: nodes("refused"), rows: [row(1)] }))).toBeUndefined();
    expect(refusedCounts(before, round({ nodes: nodes("refused"), rows: [row(2)] }))).toBeDefined();
    expect(refusedCounts(before, round({ nodes: nodes("up"), rows: [row(2)] }))).toBeUndefined();
  });

  test("move nothing before so many failures in a row", () => {
    const failed = (times: readonly boolean[]): string | undefined => {
      const rounds = times.reduce((known, ok) => afterRound(known, round({ rows: [row(0, ok)] })), noRounds);
      return tooEarly(rounds, round({ actions: failOver }), 3);
    };
    expect(failed([false, false, false])).toBeUndefined();
    expect(failed([false, false, true, false])).toBe("web is moved after 1 failures in a row");
  });
});

test("a container is started elsewhere only when its node was out of sight", () => {
  const start = { container: "web", from: "n1", node: "n2", at: 100 };
  expect(deadEnough(start, ["n1"], 50, 60)).toBeUndefined();
  expect(deadEnough(start, ["n1"], 30, 60)).toBeDefined();
  expect(deadEnough(start, ["n1"], undefined, 60)).toBeDefined();
  expect(deadEnough(start, ["n3"], undefined, 60)).toBeUndefined();
  expect(deadEnough({ ...start, node: "n1" }, ["n1"], undefined, 60)).toBeUndefined();
});

test("one move of a container at a time, and one of a daemon to a node", () => {
  const begun = { container: "web", to: "n2", by: "daemon" };
  expect(oneAtATime(begun, [{ ...begun, by: "move" }])).toBe("daemon moves web while move does");
  expect(oneAtATime(begun, [{ ...begun, container: "db" }])).toBe("web is moved to n2 while db is");
  expect(oneAtATime(begun, [{ ...begun, container: "db", to: "n3" }])).toBeUndefined();
  expect(oneAtATime(begun, [{ ...begun, container: "db", by: "move" }])).toBeUndefined();
});

test("at rest everything watched runs once, where the config has it, and nothing is left over", () => {
  const wanted = config({
    nodes: [node("n1"), node("n2")],
    placements: [placement("web", "n1"), placement("job", "n2")],
    constraints: [{ container: "web", hosts: ["n1", "n2"] }],
  });
  expect(notAtRest(wanted, [copy("n1")], { journal: [] })).toEqual([]);
  const byHand = new Set(["web"]);
  expect(notAtRest(wanted, [copy("n1", { running: false }), copy("n2")], { journal: [], byHand })).toEqual([]);
  expect(notAtRest(wanted, [copy("n1"), copy("n2")], { journal: [], byHand })).toHaveLength(1);
  expect(notAtRest(wanted, [copy("n1")], { journal: ["web"] })).toEqual(["the journal still has a move of web"]);
  expect(notAtRest(wanted, [copy("n1", { running: false })], { journal: [] })).toHaveLength(1);
  expect(notAtRest(wanted, [copy("n1"), copy("n2", { running: false })], { journal: [] })).toHaveLength(1);
  expect(notAtRest(wanted, [copy("n1"), copy("n1", { name: "web.pictl-replaced" })], { journal: [] })).toHaveLength(1);
});
