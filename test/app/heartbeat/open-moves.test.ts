import { expect, test } from "vitest";
import { openMoves } from "../../../src/app/heartbeat/open-moves.ts";
import type { HeartbeatPorts } from "../../../src/app/ports.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { moveRecord } from "../../fakes/move.ts";

test("why a move is settled now: its node is back, or it was cut off and nothing of it was found at the first look", async () => {
  const moves = [
    moveRecord({ container: "left", from: "n1", to: "n2", step: "written" }),
    moveRecord({ container: "looked", from: "n1", to: "n2", step: "undone", lookedAt: 0 }),
    moveRecord({ container: "half", from: "n1", to: "n2", step: "switching" }),
  ];
  const ports = {
    journal: { read: () => Promise.resolve(moves) },
    clock: { now: () => 3_600_000 },
  } as unknown as HeartbeatPorts;
  const placements = [placement("left", "n2"), placement("looked", "n2"), placement("half", "n1")];
  const { unsettled, settleable } = await openMoves(ports, config({ nodes: [node("n1"), node("n2")], placements }), {});
  expect(unsettled).toEqual(["half"]);
  expect(settleable.map(({ container, cause }) => `${container}: ${cause}`)).toEqual([
    "left: n1 answers again",
    "looked: the move was cut off",
    "half: the move was cut off",
  ]);
});
