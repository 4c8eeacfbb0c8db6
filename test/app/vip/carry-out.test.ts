import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection, VipPorts } from "../../../src/app/ports.ts";
import { carryOutOrders } from "../../../src/app/vip/carry-out.ts";
import type { VipSection } from "../../../src/domain/config/types.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { config, node } from "../../fakes/config.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("a node that was cut off before anything was sent holds nobody up for longer than an order may take", async () => {
  const discarded: string[] = [];
  // As a connection is that was opened just before the line was cut: what the login may do is never answered.
  const connection = { node: "n1", privilege: () => new Promise<never>(() => undefined) } as unknown as Connection;
  const ports = {
    clock: fakeClock,
    signal: new AbortController().signal,
    scripts: { read: () => Promise.resolve("") },
    vipNodes: { connect: () => Promise.resolve(connection), discard: (name: string) => discarded.push(name) },
  } as unknown as VipPorts;
  const section: VipSection = {
    name: "vip",
    ip: "10.0.0.9",
    mode: "lease",
    leaseMs: 15_000,
    preempt: false,
    candidates: [],
  };
  const watched = { config: config({ nodes: [node("n1")] }), section };
  const outcome = carryOutOrders(ports, watched, { do: "remove", node: "n1", fence: true, seen: false });
  await vi.advanceTimersByTimeAsync(3000);
  expect(await outcome).toEqual({ outcome: "refused", why: "it could not be reached in time" });
  expect(discarded).toEqual(["n1"]);
});
