import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { staleCopies } from "../../../src/domain/heartbeat/stale.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { copy, refused, silent, up } from "./facts.ts";

const cluster = config({ nodes: [node("n1"), node("n2"), node("n3")], placements: [placement("web", "n2")] });
const ids = (nodes: Parameters<typeof staleCopies>[1]): readonly string[] =>
  staleCopies(cluster, nodes).map(({ id }) => id);

describe("a copy is stale", () => {
  test("when a newer one is where the layout wants it", () => {
    expect(staleCopies(cluster, { n1: up(copy("web", "old", 1)), n2: up(copy("web", "new", 2)) })).toEqual([
      { node: "n1", container: "web", id: "old", generation: 1 },
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
    ["the newer one is not where it belongs", { n1: up(copy("web", "a", 1)), n3: up(copy("web", "b", 2)) }],
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

test("property: what is stale is ours, where the layout does not want it, and a newer copy stays", () => {
  const names = ["n1", "n2", "n3"] as const;
  const seen = fc.record({
    on: fc.constantFrom(...names),
    generation: fc.integer({ min: 0, max: 3 }),
    ours: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 6 }), fc.subarray([...names]), (all, wanted) => {
      const copies = all.map((each, index) => ({
        ...each,
        facts: copy("web", String(index), each.generation, each.ours ? {} : { labels: {} }),
      }));
      const nodes = Object.fromEntries(
        names.map((name) => [name, up(...copies.filter(({ on }) => on === name).map(({ facts }) => facts))]),
      );
      const layout = { ...cluster, placements: wanted.map((name) => placement("web", name)) };
      for (const stale of staleCopies(layout, nodes)) {
        expect(wanted).not.toContain(stale.node);
        expect(copies[Number(stale.id)]?.ours).toBe(true);
        const successors = copies.filter(
          (each) => each.ours && each.generation > stale.generation && wanted.some((name) => name === each.on),
        );
        expect(successors).not.toEqual([]);
      }
    }),
  );
});
