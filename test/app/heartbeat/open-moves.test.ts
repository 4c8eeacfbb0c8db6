import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../../src/adapters/journal/index.ts";
import { openMoves } from "../../../src/app/heartbeat/open-moves.ts";
import type { HeartbeatPorts } from "../../../src/app/ports.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { moveRecord } from "../../fakes/move.ts";
import { openProgress } from "../../fakes/progress.ts";

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

test("a cut-off move of a container that left the layout is settled, until a damaged record makes that one container wait alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pictl-open-moves-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const journal = openJournal(folder, "test");
  const warned: string[] = [];
  const ports = {
    ...{ journal, clock: { now: () => 3_600_000 }, progress: openProgress({ warned }) },
  } as unknown as HeartbeatPorts;
  const placements = [placement("web", "n1"), placement("db", "n1")];
  const open = () => openMoves(ports, config({ nodes: [node("n1"), node("n2")], placements }), {});
  await journal.write(moveRecord({ container: "gone", from: "n1", to: "n2" }));
  await journal.write(moveRecord({ container: "web", from: "n1", to: "n2" }));
  const settleable = ({ settleable: moves }: Awaited<ReturnType<typeof open>>) =>
    moves.map(({ container }) => container);
  expect(settleable(await open())).toEqual(["gone", "web"]);

  await journal.write(moveRecord({ container: "db", from: "n1", to: "n2" }));
  writeFileSync(join(folder, "moves-test/db@2.json"), "{");
  const opened = await open();
  expect([opened.unsettled, settleable(opened)]).toEqual([["db", "web"], ["web"]]);
  expect(warned).toEqual([expect.stringContaining("nothing is done to db.")]);
});
