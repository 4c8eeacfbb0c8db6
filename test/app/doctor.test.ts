import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openProgress } from "../fakes/progress.ts";
import { type DoctorRow, examineCluster } from "../../src/app/doctor.ts";
import type { Connection, Controller, Ports } from "../../src/app/ports.ts";
import type { ControllerFacts } from "../../src/domain/doctor/controller.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { fakeClock } from "../fakes/clock.ts";
import { config, node } from "../fakes/config.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what was found on this machine and on the others is told while a node is awaited, and the whole in the end", async () => {
  const silent = (name: string): PictlError => new PictlError("node-unreachable", `${name} does not answer.`);
  const connect = async ({ name }: { readonly name: string }): Promise<Connection> => {
    if (name === "slow") await fakeClock.sleep(10_000);
    throw silent(name);
  };
  const facts: ControllerFacts = {
    nodeVersion: "20.20.1",
    sshVersion: null,
    config: { path: "/etc/pictl.json", mode: 0o600, folderWritable: true },
    stateDir: { path: "/var/lib/pictl", state: "writable" },
  };
  const ports = {
    clock: fakeClock,
    signal: new AbortController().signal,
    concurrency: 8,
    nodes: { connect },
    controller: { look: () => Promise.resolve(facts) },
    progress: openProgress(),
  } as unknown as Ports & { readonly controller: Controller };
  const nodes = [node("slow"), node("quick")];
  const early: (readonly DoctorRow[])[] = [];
  const examining = examineCluster(ports, {
    config: config({ nodes }),
    configPath: "/etc/pictl.json",
    nodes,
    onEarly: ({ checks }) => early.push(checks),
  });
  await vi.advanceTimersByTimeAsync(4000);
  const machines = (rows: readonly DoctorRow[] = []): unknown => [...new Set(rows.map((row) => row.node))];
  expect(early.map(machines)).toEqual([[null, "quick"]]);
  await vi.advanceTimersByTimeAsync(7000);
  const { result, failures } = await examining;
  expect(machines(result.checks)).toEqual([null, "slow", "quick"]);
  expect(failures.map((failure) => failure.node)).toEqual(["slow", "quick"]);
  expect(early).toHaveLength(1);
});
