import { expect, test } from "vitest";
import type { Leadership } from "../../../src/app/leadership/index.ts";
import { openRegister } from "../../../src/app/leadership/register.ts";
import type { ConfigStore } from "../../../src/app/ports.ts";
import type { Config } from "../../../src/domain/config/types.ts";
import type { Difference } from "../../../src/domain/leadership/shared.ts";
import { PictlError } from "../../../src/domain/errors.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { config, node, placement } from "../../fakes/config.ts";

const on = (...nodes: readonly string[]): Config =>
  config({
    nodes: ["n1", "n2"].map((name) => node(name)),
    placements: nodes.map((name, index) => placement(`c${String(index)}`, name)),
  });

interface Stage {
  readonly missed?: readonly { readonly container: string; readonly from: string; readonly to: string }[];
  readonly write?: () => Promise<void>;
  /** What the nodes answer that are told of a change. */
  readonly stores?: boolean;
}

function stage({ missed = [], write = () => Promise.resolve(), stores = true }: Stage) {
  const told: string[] = [];
  const calls: string[] = [];
  let role = "leader";
  let behind: Difference | undefined;
  let open = missed;
  const latest = on("n2");
  const leadership = {
    role: () => role,
    missed: () => open,
    behind: () => behind,
    isReconciled: () => true,
    reconciled: () => undefined,
    agree: () => Promise.resolve(),
    fence: () => ({ epoch: 1, owner: "us" }),
    catchUp: async () => {
      calls.push("caught up");
      open = [];
    },
    changed: (now: Config, before: Config) =>
      now.placements
        .filter((each, index) => each.node !== before.placements[index]?.node)
        .map((each) => each.container),
    place: async (_config: Config, container: unknown) => {
      calls.push(`placed ${String(container)}`);
      return stores;
    },
  } as unknown as Leadership;
  const store = {
    change: async () => {
      calls.push("written");
      await write();
    },
    read: () => Promise.resolve({ config: latest }),
  } as unknown as ConfigStore;
  const ports = {
    clock: { now: () => 0, monotonic: () => 0, sleep: () => new Promise(() => undefined) },
    actor: { who: "daemon", cause: "pictl daemon" },
    signal: new AbortController().signal,
    events: {
      cluster: "test",
      append: async ({ type, container = "", error = "" }: PictlEvent) =>
        void told.push(`${type} ${container}${error}`),
    },
    nodes: { connect: () => Promise.reject(new PictlError("node-unreachable", "It does not answer.")) },
    vipNodes: { connect: () => Promise.reject(new PictlError("node-unreachable", "It does not answer.")) },
    generations: { read: () => Promise.resolve(undefined), update: () => Promise.resolve(undefined) },
    counters: { learn: () => undefined, moves: () => [] },
  } as unknown as Parameters<typeof openRegister>[0];
  const register = openRegister(ports, { leadership, store });
  return {
    ...{ register, told, calls, latest },
    stand: (as: string) => void (role = as),
    fallBehind: (by: Difference | undefined) => void (behind = by),
  };
}

const move = { container: "web", from: "n1", to: "n2" };

test("what the leader's file does not show is written, once, and the file is what counts then", async () => {
  const { register, told, calls, latest } = stage({ missed: [move] });
  expect(await register.keep(on("n1"))).toBe(latest);
  expect([calls, told]).toEqual([["written", "caught up"], ["config.caught-up web"]]);
});

test("where it cannot be written it is told once, and the older file goes on; a full disk is told by who knows of it", async () => {
  const broken = () => Promise.reject(new PictlError("config-invalid", "It is broken."));
  const { register, told, calls } = stage({ missed: [move], write: broken });
  const own = on("n1");
  for (let round = 0; round < 2; round++) expect(await register.keep(own)).toBe(own);
  expect(told).toEqual(["config.behind The config cannot be brought up to date. It is broken."]);
  expect(calls).toEqual(["written", "written"]);
  const full = () => Promise.reject(new PictlError("state-write-failed", "The disk is full."));
  await expect(stage({ missed: [move], write: full }).register.keep(own)).rejects.toThrow("The disk is full.");
});

test("a node that the file does not have, and another leader, are told once; nothing is written", async () => {
  const strange = stage({ missed: [{ ...move, to: "n9" }] });
  const own = on("n1");
  for (let round = 0; round < 2; round++) expect(await strange.register.keep(own)).toBe(own);
  const stood = stage({ missed: [move] });
  stood.stand("follower");
  for (let round = 0; round < 2; round++) expect(await stood.register.keep(own)).toBe(own);
  expect([...strange.calls, ...stood.calls]).toEqual([]);
  expect([...strange.told, ...stood.told].map((each) => each.split(":")[0])).toEqual([
    "config.behind web was moved from n1 to n2 by another daemon, and n9 is no node of this config".replace(
      "n1 to n2",
      "n1 to n9",
    ),
    "config.behind Another daemon has moved web from n1 to n2, which this config does not show",
  ]);
  const silent = stage({});
  silent.stand("follower");
  expect(await silent.register.keep(own)).toBe(own);
  expect(silent.told).toEqual([]);
});

test("what somebody changes is told to the nodes when it has stood for two rounds, until they have stored it", async () => {
  for (const stores of [true, false]) {
    const { register, calls } = stage({ stores });
    await register.keep(on("n1"));
    await register.keep(on("n1"));
    expect(calls).toEqual([]);
    await register.keep(on("n2"));
    expect(calls).toEqual([]);
    await register.keep(on("n2"));
    expect(calls).toEqual(["placed c0"]);
    await register.keep(on("n2"));
    await register.keep(on("n2"));
    expect(calls.length).toBe(stores ? 1 : 3);
  }
});

test("a config that is older than what the nodes remember is told once, and again when it differs otherwise", async () => {
  const { register, told, fallBehind } = stage({});
  const keep = async (by: Difference | undefined): Promise<void> => {
    fallBehind(by);
    await register.keep(on("n1"));
  };
  const [one, another] = [
    { gone: ["web"], unknown: [] },
    { gone: [], unknown: ["db"] },
  ];
  for (const by of [undefined, one, one, another, undefined, another]) await keep(by);
  expect(told.map((each) => /older one: (.*?)\./.exec(each)?.[1])).toEqual([
    "web had left the layout of the daemon that led before",
    "db of that layout is not in this config",
    "db of that layout is not in this config",
  ]);
});
