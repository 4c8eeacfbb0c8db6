import { describe, expect, test } from "vitest";
import { runsElsewhere, runsElsewhereError } from "../../../src/domain/container/elsewhere.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { config, placement } from "../../fakes/config.ts";
import { copy } from "../heartbeat/facts.ts";

const cluster = config({ placements: [placement("web", "n1"), placement("web", "n2")] });
const place = { container: "web", node: "n1" };

function elsewhere(nodes: Readonly<Record<string, readonly ContainerFacts[]>>, floor = 0): string | undefined {
  return runsElsewhere(cluster, place, { found: new Map(Object.entries(nodes)), floor })?.node;
}

describe("another copy", () => {
  test.each<[string, Parameters<typeof elsewhere>, string | undefined]>([
    ["runs where the layout does not have it", [{ n3: [copy("web", "a", 5)] }], "n3"],
    ["is as new as the one that is there", [{ n3: [copy("web", "a", 5)] }, 5], "n3"],
    ["is older than the one that is there", [{ n3: [copy("web", "a", 5)] }, 6], undefined],
    ["has ended", [{ n3: [copy("web", "a", 5, { state: "exited" })] }], undefined],
    ["ends again and again", [{ n3: [copy("web", "a", 5, { state: "restarting" })] }], "n3"],
    ["runs where the layout has it too", [{ n2: [copy("web", "a", 5)] }], undefined],
    ["is somebody else's", [{ n3: [copy("web", "a", 5, { labels: {} })] }], undefined],
    [
      "is the same, under another name of its machine",
      [{ n1: [copy("web", "a", 5)], n3: [copy("web", "a", 5)] }],
      undefined,
    ],
    ["of two, the newer one", [{ n3: [copy("web", "a", 5)], n4: [copy("web", "b", 6)] }], "n4"],
    ["is none", [{ n3: [copy("db", "a", 5)] }], undefined],
  ])("%s", (_what, [nodes, floor], expected) => {
    expect(elsewhere(nodes, floor)).toBe(expected);
  });
});

test("whoever sees it is told what to do: the entry went by hand, or the config is an older one", () => {
  const found = { node: "n3", facts: copy("web", "a", 5), generation: 5 };
  const byHand = runsElsewhereError(place, found, 5);
  expect([byHand.code, byHand.message]).toEqual([
    "runs-elsewhere",
    "web runs on n3, where the layout does not have it; no second copy was started on n1.",
  ]);
  expect(byHand.hint).toContain("`pictl move web n1` takes it there");
  expect(runsElsewhereError(place, found, 4).hint).toContain("this config seems to be an older one");
});
