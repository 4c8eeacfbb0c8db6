import { expect, test } from "vitest";
import { settleReplacement } from "../../../src/app/place/settle.ts";
import type { Connection, Engine, Outcome, Ports } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { labels } from "../../../src/domain/docker/labels.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { type Command, render } from "../../../src/domain/shell.ts";
import { ModelDocker } from "../../domain/place/model.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { config, node, placement } from "../../fakes/config.ts";

type Copy = readonly [name: string, generation: number, parts?: Partial<ContainerFacts>];

const exited = { state: "exited", finishedAtMs: 1_700_000_060_000 } as const;

/** Settles web on n1, where `here` is, in the order in which they were made; `there` is on n2, which the layout does not name. */
async function settling({
  here,
  there = [],
  fails,
}: {
  here: readonly Copy[];
  there?: readonly Copy[];
  /** A command that Docker refuses, or `look`: it cannot tell of a container. */
  fails?: string;
}) {
  const docker = new ModelDocker();
  const other = new ModelDocker();
  const add = (to: ModelDocker, [name, generation, parts]: Copy): void => {
    const mark = { [labels.cluster]: "test", [labels.container]: "web", [labels.generation]: String(generation) };
    to.add(name, {
      id: `${to === docker ? "n1" : "n2"}-${name}`,
      labels: mark,
      imageId: `g${String(generation)}`,
      ...parts,
    });
  };
  for (const copy of here) add(docker, copy);
  for (const copy of there) add(other, copy);
  const commands: string[] = [];
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command): Promise<Outcome> => {
      commands.push(render(command));
      const said = { stdout: "", stderr: "", truncated: false, durationMs: 1 };
      if (render(command) === fails) return Promise.resolve({ ...said, status: "failed", code: 1 });
      docker.command(command);
      return Promise.resolve({ ...said, status: "ok", code: 0 });
    },
  } as unknown as Connection;
  const engineOf = (of: ModelDocker): Engine =>
    ({
      containers: () => Promise.resolve(of.containers),
      container: (name: string) =>
        fails === "look"
          ? Promise.reject(new PictlError("docker-unavailable", "Docker is restarted."))
          : Promise.resolve(of.containers.find((each) => each.name === name)),
      healthOutput: () => Promise.resolve(""),
      logs: async function* () {
        // It said nothing.
      },
    }) as unknown as Engine;
  const events: string[] = [];
  const ports = {
    signal: new AbortController().signal,
    clock: fakeClock,
    actor: { who: "me", cause: "test" },
    engines: { on: ({ name }: { name: string }) => Promise.resolve(engineOf(name === "n1" ? docker : other)) },
    nodes: { connect: () => Promise.resolve(connection) },
    generations: { read: () => Promise.resolve(undefined) },
    events: { append: (event: PictlEvent) => Promise.resolve(void events.push(event.type)) },
    progress: { warn: () => undefined },
  } as unknown as Ports;
  const own = placement("web", "n1");
  const ended = await settleReplacement(ports, {
    config: config({ nodes: [node("n1"), node("n2")], placements: [own] }),
    placement: own,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    ended,
    commands,
    events,
    names: docker.containers.map((each) => `${each.name} ${each.imageId} ${each.state}`),
  };
}

test("nothing is left behind: nothing is done", async () => {
  expect(await settling({ here: [["web", 1]] })).toMatchObject({ ended: undefined, commands: [], events: [] });
});

test("a new copy that is not there yet goes, and the old one serves on", async () => {
  const { names, events } = await settling({
    here: [
      ["web", 1],
      ["web.pictl-next", 2, { state: "created" }],
    ],
  });
  expect([names, events]).toEqual([["web g1 running"], ["container.replacement-undone"]]);
});

test("an old copy alone, which was put aside, is brought back", async () => {
  const { names } = await settling({ here: [["web.pictl-replaced", 1, exited]] });
  expect(names).toEqual(["web g1 running"]);
});

test("a new copy in its place that is good stays, and the old one goes", async () => {
  const healthy = { healthDecidesMs: 1000, health: "healthy" } as const;
  const here: readonly Copy[] = [
    ["web.pictl-replaced", 1, exited],
    ["web", 2, healthy],
  ];
  expect(await settling({ here })).toMatchObject({
    names: ["web g2 running"],
    events: ["container.replacement-finished"],
  });
});

test("a new copy in its place that is bad goes, and the old one is back", async () => {
  const unhealthy = { healthDecidesMs: 1000, health: "unhealthy" } as const;
  const here: readonly Copy[] = [
    ["web.pictl-replaced", 1, exited],
    ["web", 2, unhealthy],
  ];
  expect((await settling({ here })).names).toEqual(["web g1 running"]);
});

test("while Docker cannot tell whether it is good, both stay", async () => {
  const here: readonly Copy[] = [
    ["web.pictl-replaced", 1, exited],
    ["web", 2],
  ];
  expect(await settling({ here, fails: "look" })).toMatchObject({
    ended: { code: "docker-unavailable" },
    commands: [],
  });
});

test("what Docker refuses is told by what it was for", async () => {
  const undone = await settling({
    here: [
      ["web", 1],
      ["web.pictl-next", 2, { state: "created" }],
    ],
    fails: "docker container rm --force n1-web.pictl-next",
  });
  expect(undone.ended).toMatchObject({ message: expect.stringContaining("bring the old web back") as string });
  const healthy = { healthDecidesMs: 1000, health: "healthy" } as const;
  const finished = await settling({
    here: [
      ["web.pictl-replaced", 1, exited],
      ["web", 2, healthy],
    ],
    fails: "docker container rm --force n1-web.pictl-replaced",
  });
  expect(finished.ended).toMatchObject({ message: expect.stringContaining("remove the old web") as string });
});

test.each([
  ["put aside alone", [["web.pictl-replaced", 1, exited]]],
  [
    "stopped, with a new copy that never started",
    [
      ["web", 1, exited],
      ["web.pictl-next", 0, { state: "created" }],
    ],
  ],
] satisfies [string, readonly Copy[]][])(
  "an old copy that is %s is not started beside a newer one that runs elsewhere",
  async (_, here) => {
    const { ended, commands } = await settling({ here, there: [["web", 3]] });
    expect(ended).toMatchObject({ code: "runs-elsewhere", node: "n1", container: "web" });
    expect(commands).toEqual([]);
  },
);

test("an older copy elsewhere, or one that does not run, keeps nothing from being brought back", async () => {
  for (const there of [
    ["web", 1],
    ["web", 9, exited],
  ] satisfies Copy[]) {
    const { names } = await settling({ here: [["web.pictl-replaced", 2, exited]], there: [there] });
    expect(names).toEqual(["web g2 running"]);
  }
});

test("an old copy that serves on is as it was, whatever runs elsewhere", async () => {
  const here: readonly Copy[] = [
    ["web", 1],
    ["web.pictl-next", 2, { state: "created" }],
  ];
  expect((await settling({ here, there: [["web", 3]] })).names).toEqual(["web g1 running"]);
});
