import { describe, expect, test } from "vitest";
import { runsElsewhere, runsElsewhereError } from "../../../../src/domain/container/copies/elsewhere.ts";
import type { ContainerFacts } from "../../../../src/domain/docker/facts.ts";
import { config, placement } from "../../../fakes/config.ts";
import { copy } from "../../heartbeat/facts.ts";

const cluster = config({ placements: [placement("web", "n1"), placement("web", "n2")] });
const place = { container: "web", node: "n1" };

function elsewhere(nodes: Readonly<Record<string, readonly ContainerFacts[]>>, floor = 0): string | undefined {
  return runsElsewhere(cluster, place, { found: new Map(Object.entries(nodes)), floor })?.node;
}

/** As `docker rename` leaves it: its label says what it is. */
function renamed(name: string, generation: number, parts: Partial<ContainerFacts> = {}): ContainerFacts {
  return { ...copy("web", "a", generation, parts), name };
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
    ["was renamed, and is on the same node", [{ n1: [renamed("weby", 5)] }], "n1"],
    ["was renamed where it should not be", [{ n3: [renamed("weby", 5)] }], "n3"],
    ["was renamed where the layout has it too", [{ n2: [renamed("weby", 5)] }], undefined],
    ["was renamed, and does not run", [{ n1: [renamed("weby", 5, { state: "exited" })] }], undefined],
    ["was renamed, and is older", [{ n1: [renamed("weby", 5)] }, 6], undefined],
    ["is the old one of a replacement", [{ n1: [renamed("web.pictl-replaced", 5)] }], undefined],
    ["is the new one of a replacement", [{ n1: [renamed("web.pictl-next", 5)] }], undefined],
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

test("a copy that somebody renamed is told by its name, with how it gets its own back", () => {
  const { message, hint } = runsElsewhereError(place, { node: "n1", facts: renamed("weby", 5), generation: 5 }, 5);
  expect(message).toBe("web runs on n1 under the name weby; no second copy was started on n1.");
  expect(hint).toBe(
    "`docker rename weby web` on n1 gives it its name back. If it is not needed any more: `pictl delete weby@n1`, then `pictl create web@n1`.",
  );
});
