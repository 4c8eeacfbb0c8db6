import { expect, onTestFinished, test, vi } from "vitest";
import { fakeClock } from "../fakes/clock.ts";
import { openProgress } from "../fakes/progress.ts";
import { systemClock } from "../../src/adapters/clock/index.ts";
import type { Connection, Engine, Outcome } from "../../src/app/ports.ts";
import { type StatsPorts, type StatsTick, takeStats, watchStats } from "../../src/app/stats.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { config, node, placement } from "../fakes/config.ts";
import { containerFacts } from "../fakes/facts.ts";

const nodes = ["good", "dead", "hung", "bare"].map((name) => node(name));
const placements = nodes.map(({ name }) => placement("web", name));
const input = { config: config({ nodes, placements }), nodes, placements, strays: true };
const sampled: Outcome = { status: "ok", code: 0, stdout: "", stderr: "", truncated: false, durationMs: 1 };
const counters = {
  cpuTotalNs: 0,
  systemCpuNs: 0,
  onlineCpus: 1,
  memoryLimitBytes: 0,
  networkRxBytes: 0,
  networkTxBytes: 0,
};

/** `good` answers; `dead` cannot be reached; `hung` never answers; `bare` has no Docker. */
function ports(signal: AbortSignal): StatsPorts {
  return {
    signal,
    concurrency: 32,
    clock: systemClock,
    progress: openProgress(),
    nodes: {
      connect: ({ name }) =>
        name === "dead"
          ? Promise.reject(new PictlError("node-unreachable", "Nobody answers."))
          : Promise.resolve({
              run: () => (name === "hung" ? never(signal) : Promise.resolve(sampled)),
            } as unknown as Connection),
      discard: () => undefined,
      close: () => Promise.resolve(),
    },
    engines: {
      on: ({ name }) =>
        name === "bare"
          ? Promise.reject(new PictlError("docker-missing", "No docker."))
          : Promise.resolve({
              containers: () => Promise.resolve([containerFacts()]),
              stats: () => Promise.resolve({ ...counters, memoryBytes: 5 }),
            } as unknown as Engine),
    },
  };
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new PictlError("interrupted", "Interrupted."));
    });
  });
}

const states = ({ stats }: Pick<StatsTick, "stats">): string[] =>
  stats.map((row) => `${row.node} ${row.container ?? "-"} ${row.state}`);

test("a node that fails is a row and a failure, and the others are told", async () => {
  const answering = input.nodes.filter(({ name }) => name !== "hung");
  const report = await takeStats(ports(new AbortController().signal), { ...input, nodes: answering });
  expect(states(report.result)).toEqual([
    "good - ready",
    "good web running",
    "dead - failed",
    "dead web unknown",
    "bare - no docker",
    "bare web unknown",
  ]);
  expect(report.failures.map(({ node, code }) => [node, code])).toEqual([
    ["dead", "node-unreachable"],
    ["bare", "docker-missing"],
  ]);
});

test("watched, a node that hangs holds up nobody; an abort ends it with 130", async () => {
  const stop = new AbortController();
  const ticks: StatsTick[] = [];
  const report = await watchStats(ports(stop.signal), {
    ...input,
    intervalMs: 20,
    onTick: (tick) => {
      ticks.push(tick);
      if (ticks.length === 3) stop.abort();
    },
  });
  expect(report.exitCode).toBe(130);
  expect(ticks).toHaveLength(3);
  for (const tick of ticks) {
    expect(states(tick)).toEqual([
      "good - ready",
      "good web running",
      "dead - failed",
      "dead web unknown",
      "hung - waiting",
      "hung web unknown",
      "bare - no docker",
      "bare web unknown",
    ]);
    expect(tick.stats[1]?.memoryBytes).toBe(5);
    expect(tick.failures.map((failure) => failure.node)).toEqual(["dead", "bare"]);
  }
});

test("watched, the numbers of a node that falls silent are shown for three intervals, and then that it is silent", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const stop = new AbortController();
  const usual = ports(stop.signal);
  let looks = 0;
  const run = () => (++looks > 2 ? never(stop.signal) : Promise.resolve(sampled));
  const connect = () => Promise.resolve({ run } as unknown as Connection);
  const ticks: string[] = [];
  const watching = watchStats(
    { ...usual, clock: fakeClock, nodes: { ...usual.nodes, connect } },
    {
      ...{ ...input, nodes: nodes.slice(0, 1), placements: placements.slice(0, 1), intervalMs: 2000 },
      onTick: ({ stats, failures }) => {
        ticks.push([...stats.map(({ state }) => state), ...failures.map(({ message }) => message)].join(", "));
      },
    },
  );
  await vi.advanceTimersByTimeAsync(10_000);
  stop.abort();
  expect((await watching).exitCode).toBe(130);
  expect(ticks).toEqual([
    ...["ready, running", "ready, running", "ready, running", "ready, running"],
    "failed, unknown, The node has not answered for 8 s.",
  ]);
});
