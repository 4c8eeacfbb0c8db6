import { describe, expect, test } from "vitest";
import { undo } from "../../../src/app/move/undo.ts";
import type { Outcome, Ports } from "../../../src/app/ports.ts";
import { awaitMaking } from "../../../src/domain/docker/client/commands.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import type { MoveRecord } from "../../../src/domain/move/journal.ts";
import { type Command, render } from "../../../src/domain/shell.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";
import { moveRecord } from "../../fakes/move.ts";

const nowMs = 1_700_000_100_000;
const move = moveRecord();
const cut = { ...move, step: "undone" } as const;
const lookedAt = nowMs - 60_000;

const web = { name: "web", state: "running" } as const;
const stopped = { name: "web", state: "exited" } as const;
const aside = { name: "web.pictl-replaced", state: "exited" } as const;

/** The copy of `generation`, which is its id, too. */
function copy(generation: number, parts: Partial<ContainerFacts>): ContainerFacts {
  const labels = { "io.pictl.cluster": "test", "io.pictl.generation": String(generation) };
  return containerFacts({ id: `g${String(generation)}`, labels, ...parts });
}
const foreign = containerFacts({ id: "foreign", labels: {} });

const removed = "n2: docker container rm --force g2";
const renamed = "n1: docker container rename web.pictl-replaced web";
const started = "n1: docker container start web";

/** Whether somebody there is still about to make the new copy. */
const asked = `n2: ${render(awaitMaking(2, 10))}`;

/** `silent`: does not answer; `dead`: is not to be asked; `breaks`: its line is cut by the first command. */
type Node = readonly ContainerFacts[] | "silent" | "dead" | "breaks" | "not in the config";

interface Before {
  readonly move?: MoveRecord;
  readonly n1: Node;
  readonly n2: Node;
  /** Where the layout has it, when it was moved on since. */
  readonly n3?: Node;
  readonly certain?: boolean;
  /** A client of n2's Docker waits. */
  readonly isMaking?: boolean;
}

interface After {
  /** Docker commands, in order. */
  readonly runs: readonly string[];
  /** What is written to the journal; `over`: the record is removed. */
  readonly leaves: MoveRecord | "over" | "untouched";
  readonly undone: boolean;
}

type Row = readonly [name: string, before: Before, after: After];

const rows: readonly Row[] = [
  [
    "the new copy goes and the old one, which was put aside, runs again",
    { n1: [copy(1, aside)], n2: [copy(2, web)] },
    { runs: [removed, renamed, started], leaves: "over", undone: true },
  ],
  [
    "an old copy that was only stopped is started",
    { n1: [copy(1, stopped)], n2: [copy(2, web)] },
    { runs: [removed, started], leaves: "over", undone: true },
  ],
  [
    "an old copy that still runs is left alone",
    { n1: [copy(1, web)], n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "an old copy that did not run when the move began is not started",
    { move: { ...move, wasRunning: false }, n1: [copy(1, aside)], n2: [copy(2, web)] },
    { runs: [removed, renamed], leaves: "over", undone: true },
  ],
  [
    "a copy that has the name is the old one, whatever else was put aside",
    { n1: [copy(0, aside), copy(1, stopped)], n2: [copy(2, web)] },
    { runs: [removed, started], leaves: "over", undone: true },
  ],
  [
    "both nodes are one machine",
    { n1: [copy(1, aside), copy(2, web)], n2: [copy(1, aside), copy(2, web)] },
    { runs: [removed, renamed, started], leaves: "over", undone: true },
  ],
  ["there was no old copy", { n1: [], n2: [copy(2, web)] }, { runs: [removed], leaves: "over", undone: true }],

  [
    "a new copy that is not there is looked for once more",
    { n1: [copy(1, aside)], n2: [] },
    { runs: [asked, renamed, started], leaves: { ...cut, lookedAt: nowMs }, undone: true },
  ],
  [
    "not there when it is looked for once more: it will not come",
    { move: { ...cut, lookedAt }, n1: [copy(1, web)], n2: [] },
    { runs: [], leaves: "over", undone: true },
  ],
  [
    "there when it is looked for once more",
    { move: { ...cut, lookedAt }, n1: [copy(1, web)], n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "not there, and certainly on its way no more",
    { certain: true, n1: [copy(1, aside)], n2: [] },
    { runs: [renamed, started], leaves: "over", undone: true },
  ],
  [
    "a foreign container of the name is not the new copy",
    { n1: [copy(1, aside)], n2: [foreign] },
    { runs: [asked, renamed, started], leaves: { ...cut, lookedAt: nowMs }, undone: true },
  ],
  [
    "neither is a newer copy, nor an older one",
    { n1: [copy(1, aside)], n2: [copy(3, web), copy(1, aside)] },
    { runs: [asked, renamed, started], leaves: { ...cut, lookedAt: nowMs }, undone: true },
  ],

  [
    "the new node is silent: the old copy is back, and the rest is for later",
    { n1: [copy(1, aside)], n2: "silent" },
    { runs: [renamed, started], leaves: cut, undone: true },
  ],
  [
    "the same when its line is cut while the new copy is removed",
    { n1: [copy(1, aside)], n2: "breaks" },
    { runs: [removed, asked, removed, renamed, started], leaves: cut, undone: true },
  ],
  [
    "the same, also when nothing is on its way any more",
    { certain: true, n1: [copy(1, aside)], n2: "silent" },
    { runs: [renamed, started], leaves: cut, undone: true },
  ],
  [
    "the new node is dead",
    { n1: [copy(1, aside)], n2: "dead" },
    { runs: [renamed, started], leaves: cut, undone: true },
  ],
  [
    "the new node is still silent",
    { move: cut, n1: [copy(1, web)], n2: "silent" },
    { runs: [], leaves: "untouched", undone: false },
  ],
  [
    "the new node is silent when the copy is looked for once more",
    { move: { ...cut, lookedAt }, n1: [copy(1, web)], n2: "silent" },
    { runs: [], leaves: "untouched", undone: false },
  ],
  [
    "the new node answers again: what became of the old copy since is nobody's concern",
    { move: cut, n1: [copy(1, aside)], n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "the new node answers again, the old one is silent",
    { move: cut, n1: "silent", n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "the new node answers again, without the copy",
    { move: cut, n1: [copy(1, web)], n2: [] },
    { runs: [], leaves: { ...cut, lookedAt: nowMs }, undone: false },
  ],
  [
    "the new node has left the config",
    { certain: true, n1: [copy(1, aside)], n2: "not in the config" },
    { runs: [renamed, started], leaves: "over", undone: true },
  ],

  [
    "the old node is silent",
    { n1: "silent", n2: [copy(2, web)] },
    { runs: [removed], leaves: "untouched", undone: false },
  ],
  [
    "the old node is silent, and the new copy is not there",
    { n1: "silent", n2: [] },
    { runs: [asked], leaves: "untouched", undone: false },
  ],
  [
    "the old node's line is cut while the old copy is brought back",
    { n1: "breaks", n2: [copy(2, web)] },
    { runs: [removed, renamed], leaves: "untouched", undone: false },
  ],
  [
    "the old node is dead: its copy is nobody's to bring back",
    { n1: "dead", n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "the old node is dead, and the new copy may still come",
    { n1: "dead", n2: [] },
    { runs: [asked], leaves: { ...cut, lookedAt: nowMs }, undone: true },
  ],
  [
    "the old node has left the config",
    { n1: "not in the config", n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  ["both are silent", { n1: "silent", n2: "silent" }, { runs: [], leaves: "untouched", undone: false }],
  ["both are dead", { n1: "dead", n2: "dead" }, { runs: [], leaves: cut, undone: true }],
];

const copying = { ...move, copied: [{ path: "/srv/data", isFile: false }] };
const cleared = `n2: sh -c '[ ! -d "$1" ] || find "$1" -mindepth 1 -delete' sh /srv/data`;

const copies: readonly Row[] = [
  [
    "it goes once the old copy is back",
    { move: copying, certain: true, n1: [copy(1, aside)], n2: [] },
    { runs: [renamed, started, cleared], leaves: "over", undone: true },
  ],
  [
    "it goes after the new copy that had it",
    { move: copying, n1: [copy(1, aside)], n2: [copy(2, web)] },
    { runs: [removed, renamed, started, cleared], leaves: "over", undone: true },
  ],
  [
    "it waits for a node that is silent",
    { move: copying, certain: true, n1: [copy(1, aside)], n2: "silent" },
    { runs: [renamed, started], leaves: { ...copying, step: "undone" }, undone: true },
  ],
  [
    "it goes when that answers again",
    { move: { ...copying, step: "undone" }, n1: [copy(1, web)], n2: [copy(2, web)] },
    { runs: [removed, cleared], leaves: "over", undone: true },
  ],
  [
    "it goes once, also when the new copy is to be looked for once more",
    { move: copying, n1: [copy(1, aside)], n2: [] },
    { runs: [asked, renamed, started, cleared], leaves: { ...cut, copied: [], lookedAt: nowMs }, undone: true },
  ],
  [
    "it stays while the old node is silent, which has the data itself",
    { move: copying, n1: "silent", n2: [copy(2, web)] },
    { runs: [removed], leaves: "untouched", undone: false },
  ],
  [
    "it stays when the old node is dead",
    { move: copying, n1: "dead", n2: [copy(2, web)] },
    { runs: [removed], leaves: { ...copying, step: "undone" }, undone: true },
  ],
  [
    "it stays while the old node is silent again, when the new one answers",
    { move: { ...copying, step: "undone" }, n1: "silent", n2: [copy(2, web)] },
    { runs: [removed], leaves: "untouched", undone: false },
  ],
  [
    "it stays with the only copy that there is",
    { move: { ...copying, replaces: true }, n1: [], n2: [copy(2, web)] },
    { runs: [], leaves: "over", undone: true },
  ],
];

const replacing = { ...move, replaces: true };

const replacements: readonly Row[] = [
  [
    "it goes when the old copy is there, put aside",
    { move: replacing, n1: [copy(1, aside)], n2: [copy(2, web)] },
    { runs: [removed, renamed, started], leaves: "over", undone: true },
  ],
  [
    "it goes when the old copy is there, in its place",
    { move: replacing, n1: [copy(1, web)], n2: [copy(2, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "it stays when there is no old copy",
    { move: replacing, n1: [], n2: [copy(2, web)] },
    { runs: [], leaves: "over", undone: true },
  ],
  [
    "it stays when only a foreign container has the old copy's name",
    { move: replacing, n1: [foreign], n2: [copy(2, web)] },
    { runs: [], leaves: "over", undone: true },
  ],
  [
    "it stays when it is what the old node has, too: both are one machine",
    { move: replacing, n1: [copy(2, web)], n2: [copy(2, web)] },
    { runs: [], leaves: "over", undone: true },
  ],
  [
    "it stays while the old node is silent",
    { move: replacing, n1: "silent", n2: [copy(2, web)] },
    { runs: [], leaves: "untouched", undone: false },
  ],
  [
    "it stays when the old node is dead",
    { move: replacing, n1: "dead", n2: [copy(2, web)] },
    { runs: [], leaves: "over", undone: true },
  ],
  [
    "it goes when the container has been moved on since",
    { move: { ...replacing, step: "undone" }, n1: [], n2: [copy(2, web)], n3: [copy(3, web)] },
    { runs: [removed], leaves: "over", undone: true },
  ],
  [
    "it stays while the node is silent to which the container has been moved on",
    { move: { ...replacing, step: "undone" }, n1: [], n2: [copy(2, web)], n3: "silent" },
    { runs: [], leaves: "untouched", undone: false },
  ],
];

describe("undoing a move", () => {
  test.each(rows)("%s", check);
});

describe("undoing a move that copied data", () => {
  test.each(copies)("%s", check);
});

describe("undoing a move whose new copy took the place of one on its own node", () => {
  test.each(replacements)("%s", check);
});

test("a foreign container that took the old copy's name is left alone, and the next command tries again", async () => {
  const world = worldOf({ n1: [foreign, copy(1, aside)], n2: [copy(2, web)] });
  await expect(undo(world.ports, world.config, move, { dead: world.dead })).rejects.toMatchObject({
    code: "docker-failed",
    message: 'Could not rename the old web: Conflict. The container name "/web" is already in use.',
    node: "n1",
  });
  expect({ runs: world.runs, leaves: world.left() }).toEqual({ runs: [removed, renamed], leaves: "untouched" });
});

test("while somebody on the new node is still about to make the new copy, nothing is brought back", async () => {
  const world = worldOf({ n1: [copy(1, aside)], n2: [], isMaking: true });
  await expect(undo(world.ports, world.config, move, { dead: world.dead })).rejects.toMatchObject({
    code: "docker-unavailable",
    message: "Docker cannot be used. It has not yet done what it was told: to start web.",
    node: "n2",
  });
  expect({ runs: world.runs, leaves: world.left() }).toEqual({ runs: [asked], leaves: "untouched" });
});

async function check(_name: string, before: Before, after: After): Promise<void> {
  const { move: found = move, certain = false } = before;
  const world = worldOf(before);
  const undone = await undo(world.ports, world.config, found, { dead: world.dead, certain });
  expect({ runs: world.runs, leaves: world.left(), undone }).toEqual(after);
}

/** The nodes as the row has them, on which what is removed is gone, and a journal; `left`: what was done to that. */
function worldOf(nodes: Pick<Before, "n1" | "n2" | "n3" | "isMaking">) {
  const runs: string[] = [];
  let left: After["leaves"] = "untouched";
  const names = (["n1", "n2", "n3"] as const).filter(
    (name) => (nodes[name] ?? "not in the config") !== "not in the config",
  );
  const answering = ({ name }: { readonly name: string }): readonly ContainerFacts[] => {
    const seen = nodes[name as "n1" | "n2" | "n3"];
    if (seen === "dead") throw new RangeError(`${name} was asked`);
    if (seen === "silent") throw new PictlError("node-unreachable", `${name} does not answer.`, { node: name });
    if (seen === "breaks") return [name === "n1" ? copy(1, aside) : copy(2, web)];
    return seen === undefined || seen === "not in the config"
      ? []
      : seen.filter(({ id }) => !runs.some((line) => line.endsWith(` rm --force ${id}`)));
  };
  const ran = (name: string, command: Command): Outcome => {
    const line = render(command);
    runs.push(`${name}: ${line}`);
    const rest = { stdout: "", truncated: false, durationMs: 1 };
    if (nodes[name as "n1" | "n2" | "n3"] === "breaks") {
      return { ...rest, stderr: "", status: "unknown", code: null, reason: "connection-lost" };
    }
    if (nodes.isMaking && line === render(awaitMaking(2, 10)))
      return { ...rest, stderr: "", status: "failed", code: 75 };
    const taken = / rename \S+ (\S+)$/.exec(line)?.[1];
    if (answering({ name }).some((each) => each.name === taken)) {
      const stderr = `Error response from daemon: Conflict. The container name "/${String(taken)}" is already in use.`;
      return { ...rest, stderr, status: "failed", code: 1 };
    }
    return { ...rest, stderr: "", status: "ok", code: 0 };
  };
  const ports = {
    clock: { now: () => nowMs },
    journal: {
      write: async (record: MoveRecord) => void (left = record),
      remove: async () => void (left = "over"),
    },
    nodes: {
      connect: async (spec: { readonly name: string }) => {
        answering(spec);
        return {
          node: spec.name,
          privilege: async () => ({ root: true, docker: false, sudo: false }),
          run: async (command: Command) => ran(spec.name, command),
        };
      },
    },
    engines: {
      on: async (spec: { readonly name: string }) => ({ containers: async () => answering(spec) }),
    },
  } as unknown as Ports;
  return {
    ports,
    config: config({
      nodes: names.map((name) => node(name)),
      placements: nodes.n3 === undefined ? [] : [placement("web", "n3")],
    }),
    dead: new Set(names.filter((name) => nodes[name] === "dead")),
    runs,
    left: () => left,
  };
}
