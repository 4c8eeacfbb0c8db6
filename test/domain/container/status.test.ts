import { expect, test } from "vitest";
import { compare, type NodeState } from "../../../src/domain/container/status.ts";
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
