import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checkMoved } from "../../../src/app/move/check.ts";
import type { Engine, Ports } from "../../../src/app/ports.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { planMove } from "../../../src/domain/move/plan.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { config, node, placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Checks a container without a heartbeat entry, which is as `seen` says so many milliseconds after the first look. */
async function checked(seen: (elapsedMs: number) => Partial<ContainerFacts>): Promise<void> {
  const cluster = config({ nodes: [node("n1"), node("n2")], placements: [placement("web", "n1")] });
  const begunAt = performance.now();
  const engine = {
    containers: () => Promise.resolve([containerFacts(seen(performance.now() - begunAt))]),
    logs: async function* () {
      yield await Promise.resolve({ time: "", stream: "stderr", line: "no database" });
    },
  } as unknown as Engine;
  const ports = { clock: fakeClock, signal: new AbortController().signal } as unknown as Ports;
  const step = { update: () => undefined, done: () => undefined, fail: () => undefined };
  const plan = planMove(cluster, "web", "n2");
  const checking = checkMoved(ports, { config: cluster, plan, engine, step, patienceMs: 0 });
  await Promise.all([checking, vi.advanceTimersByTimeAsync(10_000)]);
}

test("one that runs for 3 s is good", async () => {
  await expect(checked(() => ({ startedAtMs: 1000 }))).resolves.toBeUndefined();
});

test("one that Docker starts again is not, although it runs at every look", async () => {
  const restarting = checked((elapsedMs) => ({ startedAtMs: elapsedMs < 2000 ? 1000 : 3000 }));
  await expect(restarting).rejects.toMatchObject({
    code: "move-failed",
    message: "web did not come up on n2: the new one ended, and Docker started it again.",
    hint: "It said:\nno database",
  });
});
