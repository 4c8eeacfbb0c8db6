import { expect, test } from "vitest";
import { placementHistory } from "../../../src/app/history/index.ts";
import type { Ports } from "../../../src/app/ports.ts";
import { noHistory, type PlacementRecord, withRecord } from "../../../src/domain/history/records.ts";
import { historyView } from "../../../src/view/container/history.ts";
import { config, placement } from "../../fakes/config.ts";

function record(generation: number, node: string, outcome: PlacementRecord["outcome"] = "placed"): PlacementRecord {
  return {
    ...{ container: "web", node, generation, at: "2026-11-28T00:00:00.000Z", who: "me", cause: "pictl create" },
    ...{ image: "web", imageId: null, digest: "", outcome },
  };
}

test("of a container that was moved only the copy where the layout has it is the newest", async () => {
  const known = [record(1, "n1"), record(2, "n2"), record(3, "n2"), record(4, "n2", "failed")].reduce(
    withRecord,
    noHistory,
  );
  const history = { read: () => Promise.resolve(known) } as unknown as Ports["history"];
  const { result } = await placementHistory(
    { history },
    { config: config({ placements: [placement("web", "n2")] }), target: "web" },
  );
  expect(result.placements.map(({ generation, newest }) => [generation, newest])).toEqual([
    [4, false],
    [3, true],
    [2, false],
    [1, false],
  ]);
  const outcomes = historyView(result, { colour: false, width: Infinity }).match(/newest|placed|failed/g);
  expect(outcomes).toEqual(["failed", "newest", "placed", "placed"]);
});
