import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection, Outcome } from "../../../src/app/ports.ts";
import { carryOutOrders } from "../../../src/app/vip/carry-out.ts";
import { oneCandidate, portsTo } from "../../fakes/vip.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A removal on a node of this kind: what came of it, and which lines were given up. */
function removing(connection: Partial<Connection>) {
  const discarded: string[] = [];
  const ports = portsTo(connection, (name) => discarded.push(name));
  const watched = oneCandidate({ device: "eth7" });
  return { discarded, outcome: carryOutOrders(ports, watched, { do: "remove", node: "n1", fence: true, seen: false }) };
}

it("a node that was cut off before anything was sent holds nobody up for longer than an order may take", async () => {
  // As a connection is that was opened just before the line was cut: what the login may do is never answered.
  const { discarded, outcome } = removing({ privilege: () => new Promise<never>(() => undefined) });
  await vi.advanceTimersByTimeAsync(3000);
  expect(await outcome).toEqual({ outcome: "refused", why: "it could not be reached in time" });
  expect(discarded).toEqual(["n1"]);
});

it.each<[string, Pick<Outcome, "status" | "code">, object, string[]]>([
  ["has done it", { status: "ok", code: 0 }, { outcome: "done" }, []],
  [
    "says why it has not",
    { status: "failed", code: 77 },
    { outcome: "refused", why: expect.stringContaining("no network device eth7") as string },
    [],
  ],
  ["ends in a way of its own", { status: "failed", code: 1 }, { outcome: "unknown" }, ["n1"]],
  ["does not say how it ended", { status: "unknown", code: null }, { outcome: "unknown" }, ["n1"]],
])("a node that %s is believed what it says, and only then", async (_how, end, expected, given) => {
  const { discarded, outcome } = removing({
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: () => Promise.resolve({ ...end, stdout: "", stderr: "", truncated: false, durationMs: 1 } as Outcome),
  });
  expect(await outcome).toEqual(expected);
  expect(discarded).toEqual(given);
});
