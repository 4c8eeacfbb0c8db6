import { expect, test } from "vitest";
import type { Replacing } from "../../../src/app/move/moving.ts";
import { replaceOld, startNew } from "../../../src/app/move/replace-old.ts";
import type { Connection, Outcome, Ports } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { planMove } from "../../../src/domain/move/plan.ts";
import { type Command, render } from "../../../src/domain/shell.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

const cluster = config({
  nodes: [node("n1"), node("n2")],
  placements: [placement("web", "n1", { args: ["-v", "stuff:/data"] })],
});

test.each([
  ["n1", []],
  ["n2", ["n1: docker container stop --time 1 web", "n1: docker container rename web web.pictl-replaced"]],
])("when the lock on %s is lost, nothing is begun there any more", async (lost, expected) => {
  const ran: string[] = [];
  const connection = (name: string): Connection =>
    ({
      node: name,
      privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
      run: (command: Command): Promise<Outcome> => {
        ran.push(`${name}: ${render(command)}`);
        return Promise.resolve({ status: "ok", code: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 });
      },
    }) as unknown as Connection;
  const ports = {
    signal: new AbortController().signal,
    clock: { monotonic: () => 0, sleep: () => new Promise(() => undefined) },
  } as unknown as Ports;
  const moving = {
    config: cluster,
    plan: planMove(cluster, "web", "n2"),
    step: { update: () => undefined },
    source: { node: "n1", connection: connection("n1"), containers: [containerFacts()] },
    target: { node: "n2", connection: connection("n2"), containers: [] },
    old: containerFacts(),
    overlap: false,
    copyVolumes: true,
    copied: [],
    graceSeconds: 1,
    stillLocked: (name: string) =>
      name === lost ? Promise.reject(new PictlError("connection-lost", "Lost.", { node: name })) : Promise.resolve(),
  } as unknown as Replacing;
  const replacing = replaceOld(ports, moving, () => startNew(ports, moving));
  await expect(replacing).rejects.toMatchObject({ code: "connection-lost", node: lost });
  expect(ran).toEqual(expected);
  ran.length = 0;
  const starting = replaceOld(ports, { ...moving, copyVolumes: false }, () => startNew(ports, moving));
  await expect(starting).rejects.toMatchObject({ code: "connection-lost", node: lost });
  expect(ran).toEqual(expected);
});

test.each([
  ["an interruption", true, ["docker container stop --time 1 web", "docker container kill c0ffee"]],
  ["a refusal", false, ["docker container stop --time 1 web"]],
])("after %s while the old one stops, it is killed: %s", async (_, interrupted, expected) => {
  const ran: string[] = [];
  const stop = new AbortController();
  const connection = {
    node: "n1",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command): Promise<Outcome> => {
      ran.push(render(command));
      if (interrupted) stop.abort();
      return Promise.resolve({ status: "failed", code: 1, stdout: "", stderr: "", truncated: false, durationMs: 1 });
    },
  } as unknown as Connection;
  const ports = {
    signal: stop.signal,
    clock: { monotonic: () => 0, sleep: () => new Promise(() => undefined) },
  } as unknown as Ports;
  const moving = {
    plan: planMove(cluster, "web", "n2"),
    step: { update: () => undefined },
    ...{ source: { node: "n1", connection }, target: {}, old: containerFacts(), overlap: false, graceSeconds: 1 },
    stillLocked: () => Promise.resolve(),
  } as unknown as Replacing;
  await expect(replaceOld(ports, moving, () => Promise.reject(new Error("started")))).rejects.toMatchObject({
    code: "docker-failed",
  });
  expect(ran).toEqual(expected);
});

test("what somebody wants stopped is made on the new node, marked by the same person, and not started", async () => {
  const ran: string[] = [];
  const made = containerFacts({ id: "new", state: "created" });
  const connection = {
    node: "n2",
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: (command: Command): Promise<Outcome> => {
      ran.push(
        render(command).replace(/--label io\.pictl\.(?:cluster|container|generation|digest|args|asked)=\S+ /g, ""),
      );
      return Promise.resolve({ status: "ok", code: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 });
    },
  } as unknown as Connection;
  const moving = {
    config: cluster,
    plan: planMove(cluster, "web", "n2"),
    step: { update: () => undefined },
    source: undefined,
    target: {
      node: "n2",
      connection,
      containers: [],
      engine: { container: () => Promise.resolve(made), images: () => Promise.resolve([]) },
    },
    move: { generation: 2 },
    fromFile: [],
    environment: [],
    rests: { id: "c0ffee", container: "web", cluster: "test", by: "ann@desk", at: "2026-01-31T10:00:00Z", volume: "v" },
    stillLocked: () => Promise.resolve(),
  } as unknown as Replacing;
  const remembered: unknown[] = [];
  const ports = {
    signal: new AbortController().signal,
    clock: { monotonic: () => 0, now: () => 0, sleep: () => new Promise(() => undefined) },
    actor: { who: "ann@desk", cause: "pictl move" },
    history: { update: (change: () => unknown) => Promise.resolve(void remembered.push(change())) },
  } as unknown as Ports;
  await startNew(ports, moving);
  expect(remembered).toHaveLength(1);
  expect(ran).toEqual([
    expect.stringMatching(/^docker container create --name web .*-v stuff:\/data web$/),
    'sh -c \'docker volume inspect "$1" >/dev/null 2>&1 && exit; shift; exec docker volume create "$@"\' sh pictl.stopped.new --label io.pictl.stopped=new --label io.pictl.stopped-by=ann@desk --label io.pictl.stopped-at=2026-01-31T10:00:00Z pictl.stopped.new',
  ]);
});
