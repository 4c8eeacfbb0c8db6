import { expect, test } from "vitest";
import { record } from "../../src/app/kit/record.ts";
import type { Config } from "../../src/domain/config/types.ts";
import { PictlError } from "../../src/domain/errors.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import type { OpenCluster } from "../../src/app/ports.ts";
import * as field from "../../src/operations/fields.ts";
import { operation } from "../../src/operations/operation.ts";
import { type Call, perform } from "../../src/operations/perform.ts";
import { fakeClock } from "../fakes/clock.ts";
import { config as configWith } from "../fakes/config.ts";

const declared = {
  id: "probe.run",
  command: "probe me",
  route: "POST /probe",
  role: "viewer",
  changes: true,
  summary: "Write an event.",
  button: "Probe",
  output: "status",
  input: { dryRun: field.flag("Do nothing.") },
} as const;

const probe = operation(declared, async ({ config, ports }) => {
  await record(ports, { type: "probe.run" });
  return { result: { clusters: [config.cluster], listeners: [ports.signal.aborted] }, failures: [] };
});

function cluster(read: () => Promise<Config>): { readonly shop: OpenCluster; readonly events: PictlEvent[] } {
  const events: PictlEvent[] = [];
  const append = async (event: PictlEvent): Promise<void> => void events.push(event);
  const shop = {
    config: configWith({ cluster: "test", stateDir: "/state" }),
    store: { read: async () => ({ config: await read() }) },
    ports: { events: { append }, clock: fakeClock, actor: { who: "root@here", cause: "pictl serve" } },
  } as unknown as OpenCluster;
  return { shop, events };
}

const call: Call = {
  caller: { who: "alice@here", face: "api", address: "127.0.0.1" },
  job: "j1",
  signal: new AbortController().signal,
  progress: { step: () => step, look: () => step, warn: () => undefined },
};
const step = { update: () => undefined, done: () => undefined, fail: () => undefined };

test("an event says who, through which face, from where, by which command and in which job", async () => {
  const { shop, events } = cluster(async () => configWith({ cluster: "test", stateDir: "/state" }));
  await perform(shop, probe, {}, call);
  expect(events).toMatchObject([
    { type: "probe.run", who: "alice@here", face: "api", address: "127.0.0.1", cause: "pictl probe me", job: "j1" },
  ]);
});

test("a dry run writes no event", async () => {
  const { shop, events } = cluster(async () => configWith({ cluster: "test", stateDir: "/state" }));
  await perform(shop, probe, { dryRun: true }, call);
  expect(events).toEqual([]);
});

test("another cluster or state folder in the file is refused: locks and labels are of the one that was begun with", async () => {
  for (const changed of [{ cluster: "other" }, { stateDir: "/elsewhere" }]) {
    const { shop, events } = cluster(async () => configWith({ cluster: "test", stateDir: "/state", ...changed }));
    await expect(perform(shop, probe, {}, call)).rejects.toMatchObject({ code: "config-invalid" });
    expect(events).toEqual([]);
  }
});

test("a config with mistakes stops everything but what repairs it", async () => {
  const { shop } = cluster(() => Promise.reject(new PictlError("config-invalid", "Broken.")));
  await expect(perform(shop, probe, {}, call)).rejects.toMatchObject({ message: "Broken." });
  const repairing = operation({ ...declared, repairs: true }, async ({ config }) => ({
    result: { clusters: [config.cluster] },
    failures: [],
  }));
  expect((await perform(shop, repairing, {}, call)).result).toEqual({ clusters: ["test"] });
});

test("a run uses the connections until it has ended, well or not", async () => {
  let users = 0;
  const use = () => {
    users += 1;
    return () => void (users -= 1);
  };
  const { shop } = cluster(async () => configWith({ cluster: "test", stateDir: "/state" }));
  const seen = operation(declared, async () => ({ result: { status: [users] }, failures: [] }));
  expect((await perform({ ...shop, use }, seen, {}, call)).result).toEqual({ status: [1] });
  const failing = operation(declared, () => Promise.reject(new PictlError("usage", "No.")));
  await expect(perform({ ...shop, use }, failing, {}, call)).rejects.toThrow("No.");
  expect(users).toBe(0);
});
