import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noGenerations, withPlaced } from "../../../src/domain/container/copies/generations.ts";
import { staleCopies, undatedCopies } from "../../../src/domain/heartbeat/stale.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { copy, refused, silent, up } from "./facts.ts";

const cluster = config({ nodes: [node("n1"), node("n2"), node("n3")], placements: [placement("web", "n2")] });
/** `placed`: the greatest generation of web that this controller's layout has placed. */
const ids = (nodes: Parameters<typeof staleCopies>[1], placed = 0): readonly string[] =>
  staleCopies(cluster, nodes, withPlaced(noGenerations, "web", placed)).map(({ id }) => id);

describe("a copy is stale", () => {
  test("when a newer one is where the layout wants it", () => {
    const nodes = { n1: up(copy("web", "old", 1)), n2: up(copy("web", "new", 2)) };
    expect(staleCopies(cluster, nodes, noGenerations)).toEqual([
      { node: "n1", container: "web", id: "old", generation: 1, why: "older" },
    ]);
  });

  test("also when it was put aside under another name, and when it does not run", () => {
    const aside = copy("web", "old", 1, { name: "web.pictl-replaced", state: "exited" });
    expect(ids({ n1: up(aside), n2: up(copy("web", "new", 2)) })).toEqual(["old"]);
  });

  test.each([
    ["it is the newer one", { n1: up(copy("web", "a", 3)), n2: up(copy("web", "b", 2)) }],
    ["it is as old", { n1: up(copy("web", "a", 2)), n2: up(copy("web", "b", 2)) }],
    ["it is the only one", { n1: up(copy("web", "a", 1)), n2: up() }],
    [
      "the newer one neither runs nor is where it belongs",
      { n1: up(copy("web", "a", 1)), n3: up(copy("web", "b", 2, { state: "exited" })) },
    ],
    ["the newer one is out of sight", { n1: up(copy("web", "a", 1)), n2: silent({ missed: ["n1"] }) }],
    ["its node refuses us", { n1: refused, n2: up(copy("web", "b", 2)) }],
    [
      "it is one container under two names of one machine",
      { n1: up(copy("web", "b", 1)), n2: up(copy("web", "b", 2)) },
    ],
    ["it is not ours", { n1: up(copy("web", "a", 1, { labels: {} })), n2: up(copy("web", "b", 2)) }],
    [
      "it is another cluster's",
      { n1: up(copy("web", "a", 1, { labels: { "io.pictl.cluster": "other" } })), n2: up(copy("web", "b", 2)) },
    ],
  ])("but not when %s", (_what, nodes) => {
    expect(ids(nodes)).toEqual([]);
  });
});

describe("while the layout's place is still empty", () => {
  const strays = { n1: up(copy("web", "old", 1)), n3: up(copy("web", "new", 2)) };
  const known = withPlaced(noGenerations, "web", 2);

  test("the older of two copies is stale when the newer one runs: it need not wait for a third", () => {
    expect(staleCopies(cluster, strays, known)).toMatchObject([{ id: "old", why: "outlived" }]);
  });

  test("but not when this layout never had the newer one: a later one may have them both", () => {
    for (const placed of [0, 1]) expect(ids(strays, placed)).toEqual([]);
    expect(ids({ ...strays, n2: up(copy("web", "newest", 3, { state: "exited" })) }, 2)).toEqual(["old", "new"]);
    expect(ids({ ...strays, n4: up(copy("web", "newest", 3, { state: "exited" })) }, 2)).toEqual([]);
  });

  test("nor when the layout has no place for it, or more of them than newer copies run", () => {
    expect(staleCopies({ ...cluster, placements: [] }, strays, known)).toEqual([]);
    const two = { ...cluster, placements: [placement("web", "n2"), placement("web", "n4")] };
    expect(staleCopies(two, strays, known)).toEqual([]);
    const twoNewer = { ...strays, n5: up(copy("web", "newest", 3)) };
    expect(staleCopies(two, twoNewer, withPlaced(noGenerations, "web", 3)).map(({ id }) => id)).toEqual(["old"]);
  });

  test("one newer container under two names of its machine counts once", () => {
    const two = { ...cluster, placements: [placement("web", "n2"), placement("web", "n4")] };
    const nodes = { ...strays, n5: up(copy("web", "new", 2)) };
    expect(staleCopies(two, nodes, known)).toEqual([]);
  });
});

describe("a newer copy than the one where the layout wants it", () => {
  const nodes = { n1: up(copy("web", "new", 3)), n2: up(copy("web", "old", 2)) };

  test("is stale when this layout has placed one as new, and has left it since", () => {
    for (const placed of [3, 4]) expect(ids(nodes, placed)).toEqual(["new"]);
    expect(staleCopies(cluster, nodes, withPlaced(noGenerations, "web", 3))).toMatchObject([{ why: "left" }]);
  });

  test("is none of ours to remove when the layout never had it: that may be an older one", () => {
    for (const placed of [0, 2]) expect(ids(nodes, placed)).toEqual([]);
    expect(staleCopies(cluster, nodes, withPlaced(noGenerations, "db", 3))).toEqual([]);
  });

  test.each([
    ["does not run", up(copy("web", "old", 2, { state: "exited" }))],
    ["is put aside", up(copy("web", "old", 2, { name: "web.pictl-replaced" }))],
    ["is not there", up()],
    ["is out of sight", silent({ missed: ["n1"] })],
    ["is another container's", up(copy("db", "old", 2))],
    ["is as new", up(copy("web", "old", 3))],
  ])("stays while the one where it belongs %s", (_what, n2) => {
    expect(ids({ ...nodes, n2 }, 3)).toEqual([]);
  });
});

test("property: what is stale is ours, where the layout does not want it, and others stand for it", () => {
  const names = ["n1", "n2", "n3"] as const;
  const seen = fc.record({
    on: fc.constantFrom(...names),
    generation: fc.integer({ min: 0, max: 3 }),
    ours: fc.boolean(),
    runs: fc.boolean(),
  });
  const placed = fc.integer({ min: 0, max: 3 });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 6 }), fc.subarray([...names]), placed, (all, wanted, known) => {
      const copies = all.map((each, index) => ({
        ...each,
        facts: copy("web", String(index), each.generation, {
          state: each.runs ? "running" : "exited",
          ...(each.ours ? {} : { labels: {} }),
        }),
      }));
      const nodes = Object.fromEntries(
        names.map((name) => [name, up(...copies.filter(({ on }) => on === name).map(({ facts }) => facts))]),
      );
      const layout = { ...cluster, placements: wanted.map((name) => placement("web", name)) };
      for (const stale of staleCopies(layout, nodes, withPlaced(noGenerations, "web", known))) {
        expect(wanted).not.toContain(stale.node);
        expect(copies[Number(stale.id)]?.ours).toBe(true);
        const successors = copies.filter((each) => each.ours && wanted.some((name) => name === each.on));
        const newer = successors.filter((each) => each.generation > stale.generation);
        const outliving = copies.filter((each) => each.ours && each.generation > stale.generation);
        const left = wanted.length > 0 && outliving.every(({ generation }) => generation <= known);
        if (left && outliving.filter(({ runs }) => runs).length >= wanted.length) continue;
        const running = stale.generation <= known ? successors.filter((each) => each.runs) : [];
        expect([...newer, ...running]).not.toEqual([]);
      }
    }),
    { numRuns: 1000 },
  );
});

describe("a generation that nobody can have given", () => {
  const known = { ...noGenerations, latest: 100 };
  const forged = copy("web", "forged", 101);
  const unreadable = copy("web", "unreadable", 1, {
    labels: { "io.pictl.cluster": "test", "io.pictl.generation": "x" },
  });

  test.each([
    ["unreadable, elsewhere", { n1: up(unreadable), n2: up(copy("web", "new", 2)) }, "unreadable"],
    ["forged, elsewhere", { n1: up(forged), n2: up(copy("web", "new", 2)) }, "forged"],
    ["forged, where the layout has it", { n1: up(copy("web", "old", 2)), n2: up(forged) }, "forged"],
  ])("makes nothing go and is named: %s", (_, nodes, named) => {
    expect(staleCopies(cluster, nodes, known)).toEqual([]);
    expect(undatedCopies(cluster, nodes, known).map(({ id }) => id)).toEqual([named]);
  });
});
