import { expect, test } from "vitest";
import { howToSettleCopies } from "../../../../src/domain/container/copies/how-to-settle.ts";
import { noGenerations, withPlaced } from "../../../../src/domain/container/copies/generations.ts";
import { compare, type NodeState } from "../../../../src/domain/container/status.ts";
import type { ContainerFacts } from "../../../../src/domain/docker/facts.ts";
import { labels } from "../../../../src/domain/docker/labels.ts";
import { config, placement } from "../../../fakes/config.ts";
import { copy } from "../../heartbeat/facts.ts";

/** What status says of `web`, which the layout has on n1 only, and what is advised; `placed`: what the layout has placed. */
function told(nodes: Readonly<Record<string, readonly ContainerFacts[]>>, placed: number): readonly string[] {
  const placements = [placement("web", "n1")];
  const states = new Map(
    Object.entries(nodes).map(([node, containers]): [string, NodeState] => [
      node,
      { containers, images: [], marks: [] },
    ]),
  );
  const wish = () => ({ digest: undefined, image: "web" });
  const rows = compare({ cluster: "test", layout: placements, placements, states, wish, nowMs: 0, moves: [] });
  const generations = placed === 0 ? noGenerations : withPlaced(noGenerations, "web", placed);
  return rows.map((row) => {
    const advice = howToSettleCopies(config({ placements }), row, { states, generations }) ?? "";
    const what = /older one|`pictl move web n1`|removes by itself|leaves it alone/.exec(advice)?.[0] ?? advice;
    return [`${row.node} ${row.state}: ${row.detail}`, ...(what === "" ? [] : [what])].join(" → ");
  });
}

function unreadable(generation: string): ContainerFacts {
  const facts = copy("web", "b", 5);
  return { ...facts, labels: { ...facts.labels, [labels.generation]: generation } };
}

const move = "`pictl move web n1`";

test.each<[string, Parameters<typeof told>, readonly string[]]>([
  [
    "a config that is older than what runs",
    [{ n1: [], n2: [copy("web", "b", 9)] }, 5],
    [
      "n1 missing: no such container → older one",
      "n2 stray: running; the layout has it on n1, where there is none → older one",
    ],
  ],
  [
    "an entry that went to another node by hand",
    [{ n1: [], n2: [copy("web", "b", 9)] }, 9],
    [
      `n1 missing: no such container → ${move}`,
      `n2 stray: running; the layout has it on n1, where there is none → ${move}`,
    ],
  ],
  [
    "an old copy that came back",
    [{ n1: [copy("web", "a", 9)], n2: [copy("web", "b", 5)] }, 9],
    ["n1 running: ", "n2 stray: running; the layout has it on n1, and it is older than that → removes by itself"],
  ],
  [
    "two that run, of which the newer is not where the layout has it",
    [{ n1: [copy("web", "a", 5)], n2: [copy("web", "b", 9)] }, 5],
    ["n1 running: ", "n2 stray: running; the layout has it on n1, and it is newer than that → older one"],
  ],
  [
    "an old copy beside the right one, which has ended",
    [{ n1: [copy("web", "a", 9, { state: "exited", exitCode: 1 })], n2: [copy("web", "b", 5)] }, 9],
    [
      "n1 stopped: exited with code 1",
      "n2 stray: running; the layout has it on n1, and it is older than that → removes by itself",
    ],
  ],
  ...["x", "0x10", " 5", "1e1", "-1", "99999999999999999999"].map(
    (generation): [string, Parameters<typeof told>, readonly string[]] => [
      `a copy whose generation is ${JSON.stringify(generation)}, which the daemon leaves alone`,
      [{ n1: [copy("web", "a", 20)], n2: [unreadable(generation)] }, 20],
      [
        "n1 running: ",
        "n2 stray: running; the layout has it on n1, and its label does not tell whether it is older than that → leaves it alone",
      ],
    ],
  ),
])("%s", (_what, [nodes, placed], expected) => {
  expect(told(nodes, placed)).toEqual(expected);
});
