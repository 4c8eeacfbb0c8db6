import { expect, test } from "vitest";
import { finish, onceSettled, settleMoves } from "../../../src/app/move/settle.ts";
import type { Ports } from "../../../src/app/ports.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import { render } from "../../../src/domain/shell.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";
import { moveRecord } from "../../fakes/move.ts";

const root = { root: true, docker: true, sudo: true };
const move = moveRecord({ container: "moving" });

const placements = [placement("free", "n1"), placement("moving", "n1")];
const cluster = config({ nodes: [node("n1"), node("n2")], placements });

test("what fails for the containers that are free is told when nothing is being settled any more", async () => {
  let settle = (): void => undefined;
  const settling = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const order: string[] = [];
  const ports = {
    clock: { now: () => 0 },
    journal: {
      read: () => Promise.resolve([move]),
      claim: async () => {
        await settling;
        order.push("settled");
        throw new PictlError("lock-held", "Somebody else is at it.");
      },
    },
  } as unknown as Ports;
  const failed = onceSettled(ports, { config: cluster, placements, waitMs: 0 }, () => {
    setImmediate(settle);
    return Promise.reject(new PictlError("interrupted", "Interrupted."));
  }).catch((error: unknown) => {
    order.push("failed");
    return error;
  });
  expect(await failed).toMatchObject({ code: "interrupted" });
  expect(order).toEqual(["settled", "failed"]);
});

test("a move that may be going on is waited for as long as somebody says, and for the connections of a killed pictl to end", async () => {
  const waited: number[] = [];
  const ports = {
    clock: { now: () => 0 },
    journal: {
      read: () => Promise.resolve([move]),
      claim: (_container: string, waitMs: number) => {
        waited.push(waitMs);
        return Promise.reject(new PictlError("lock-held", "Somebody else is at it."));
      },
    },
  } as unknown as Ports;
  for (const waitMs of [0, 60_000])
    await expect(settleMoves(ports, cluster, "moving", { waitMs })).rejects.toMatchObject({ code: "lock-held" });
  expect(waited).toEqual([3000, 60_000]);
});

test("a finished move removes the old copy, also where both names are of one machine, and what nobody can date stays", async () => {
  const copy = (id: string, name: string, generation: string) =>
    containerFacts({
      id,
      name,
      state: "exited",
      labels: { "io.pictl.cluster": "test", "io.pictl.generation": generation },
    });
  const there = [
    copy("new", "moving", "2"),
    copy("older", "moving", "1"),
    copy("undated", "moving", ""),
    copy("aside", "moving.pictl-replaced", "1"),
    copy("other", "free", "1"),
  ];
  const ran: string[] = [];
  const run = (command: Parameters<typeof render>[0]) => {
    ran.push(render(command));
    return Promise.resolve({ status: "ok", code: 0, stdout: "", stderr: "" });
  };
  const ports = {
    nodes: { connect: () => Promise.resolve({ node: "n1", run, privilege: () => Promise.resolve(root) }) },
    engines: { on: () => Promise.resolve({ containers: () => Promise.resolve(there) }) },
  } as unknown as Ports;
  expect(await finish(ports, cluster, move)).toBe(true);
  expect(ran.map((each) => each.split(" ").at(-1))).toEqual(["older", "aside"]);
});
