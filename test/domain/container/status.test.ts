import { expect, test } from "vitest";
import { compare, type NodeState } from "../../../src/domain/container/status.ts";
import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

const states = new Map<string, NodeState>([
  [
    "n1",
    {
      images: [imageFacts()],
      containers: [
        containerFacts({ name: "web" }),
        containerFacts({ name: "db", state: "exited", exitCode: 137 }),
        containerFacts({ name: "cache", labels: {} }),
        containerFacts({ name: "sick", health: "unhealthy" }),
        containerFacts({ name: "old", labels: { "io.pictl.cluster": "test", "io.pictl.digest": "d0" } }),
        containerFacts({ name: "left" }),
        containerFacts({ name: "web.pictl-replaced", state: "exited" }),
        containerFacts({ name: "theirs", labels: { "io.pictl.cluster": "other" } }),
        containerFacts({ name: "nobodys", labels: {} }),
      ],
    },
  ],
  ["n2", { images: [], containers: [] }],
]);

test("every wanted container has a row, and every stray of ours; other people's containers have none", () => {
  const rows = compare({
    cluster: "test",
    placements: [
      ...["web", "db", "cache", "sick", "old"].map((name) => placement(name, "n1")),
      placement("web", "n2"),
      placement("web", "n3"),
    ],
    states,
    digest: () => "d1",
    moves: [],
  });
  expect(rows.map((row) => `${row.container}@${row.node} ${row.state}: ${row.detail}`)).toEqual([
    "web@n1 running: ",
    "db@n1 stopped: exited with code 137",
    "cache@n1 foreign: made by somebody else",
    "sick@n1 unhealthy: its health check fails",
    "old@n1 changed: other arguments",
    "web@n2 missing: no such container",
    "web@n3 unknown: the node could not be asked",
    "left@n1 stray: a copy of web, running",
    "web.pictl-replaced@n1 stray: the old copy of web, exited",
  ]);
});

test("where a move has not ended, that is told of what is missing, stopped or a stray there, and of nothing else", () => {
  const moved = (container: string, from: string, step: MoveRecord["step"] = "switching"): MoveRecord => {
    return { container, from, to: "n1", generation: 1, step, wasRunning: true, startedAt: "", who: "" };
  };
  const details = (...moves: readonly MoveRecord[]) =>
    compare({
      cluster: "test",
      placements: [placement("web", "n1"), placement("db", "n1"), placement("web", "n2"), placement("cache", "n2")],
      states,
      digest: () => "d1",
      moves,
    })
      .filter(({ detail }) => detail.includes("move"))
      .map(({ container, node, detail }) => `${container}@${node} ${detail}`);
  expect(details(moved("web", "n2"), moved("db", "n3"), moved("left", "n2"))).toEqual([
    "db@n1 exited with code 137; its move from n3 to n1 has not ended",
    "web@n2 no such container; its move from n2 to n1 has not ended",
    "left@n1 a copy of web, running; its move from n2 to n1 has not ended",
  ]);
  expect(details(moved("web", "n2", "begun"), moved("db", "n3", "written"), moved("left", "n2", "undone"))).toEqual([]);
});
