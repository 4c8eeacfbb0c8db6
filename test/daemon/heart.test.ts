import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Round } from "../../src/app/heartbeat/index.ts";
import { beat } from "../../src/daemon/heart.ts";
import { PictlError } from "../../src/domain/errors.ts";
import { config } from "../fakes/config.ts";
import { fakeClock } from "../fakes/clock.ts";

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

const round: Round = { nodes: {}, rows: [], actions: [], isolated: false, done: Promise.resolve([]) };

/** A heart whose rounds take `tookMs` each, and when they began and were over. */
function beating(
  options: {
    tookMs?: number;
    random?: number;
    automatic?: boolean;
    stood?: boolean;
    fail?: Error;
    problem?: string;
  } = {},
) {
  const { tookMs = 100, random = 0.5, automatic = true, stood = false } = options;
  const leave = new AbortController();
  const [began, over, turns]: [number[], number[], number[]] = [[], [], []];
  const stalled: boolean[] = [];
  const problems: (string | undefined)[] = [];
  const heartbeat = { ...config().heartbeat, automatic, intervalMs: 1000 };
  let wake: () => void = () => undefined;
  const startedAt = performance.now();
  const since = (): number => performance.now() - startedAt;
  const ended = beat({
    heartbeat: {
      async round(asked) {
        began.push(since());
        await fakeClock.sleep(tookMs);
        stalled.push(asked.stalled());
        problems.push(asked.configProblem);
        if (options.fail) throw options.fail;
        return round;
      },
    },
    clock: fakeClock,
    random: () => random,
    stalls: { stood: () => stood, stop: () => undefined },
    leave: leave.signal,
    wake: (listener) => (wake = listener),
    config: () => Promise.resolve(config({ heartbeat })),
    configProblem: () => options.problem,
    mayDo: () => "everything",
    onTurn: () => void turns.push(since()),
    onRound: () => Promise.resolve(void over.push(since())),
  });
  return {
    began,
    over,
    turns,
    stalled,
    problems,
    ended,
    leave,
    wake: () => {
      wake();
    },
  };
}

describe("rounds", () => {
  test("each begins an interval after the last began", async () => {
    const { began, over } = beating();
    await vi.advanceTimersByTimeAsync(3500);
    expect([began, over]).toEqual([
      [0, 1000, 2000, 3000],
      [100, 1100, 2100, 3100],
    ]);
  });

  test.each([
    [0, 900],
    [1, 1100],
  ])("differ by a tenth of it: chance %i", async (random, second) => {
    const { began } = beating({ random });
    await vi.advanceTimersByTimeAsync(1200);
    expect(began).toEqual([0, second]);
  });

  test("never overlap: one that takes longer is followed at once", async () => {
    const { began, over } = beating({ tookMs: 1500 });
    await vi.advanceTimersByTimeAsync(4000);
    expect([began, over]).toEqual([
      // The shortest timer takes a millisecond.
      [0, 1501, 3002],
      [1500, 3001],
    ]);
  });

  test("come at once when asked for, in a pause and in a round", async () => {
    const { began, wake } = beating();
    await vi.advanceTimersByTimeAsync(400);
    wake();
    await vi.advanceTimersByTimeAsync(50);
    wake();
    await vi.advanceTimersByTimeAsync(500);
    expect(began).toEqual([0, 400, 500]);
  });

  test("are not made while automatic_heartbeat is disabled, and the loop turns on", async () => {
    const { began, turns } = beating({ automatic: false });
    await vi.advanceTimersByTimeAsync(2500);
    expect([began, turns]).toEqual([[], [0, 1000, 2000]]);
  });

  test("know what is wrong with the config file, so that no failover has to write it", async () => {
    const [broken, right] = [beating({ problem: "line 3 is wrong" }), beating()];
    await vi.advanceTimersByTimeAsync(200);
    expect([broken.problems, right.problems]).toEqual([["line 3 is wrong"], [undefined]]);
  });

  test("know whether the process stood still", async () => {
    const [still, not] = [beating({ stood: true }), beating()];
    await vi.advanceTimersByTimeAsync(200);
    expect([still.stalled, not.stalled]).toEqual([[true], [false]]);
  });
});

describe("the end", () => {
  test("comes at once in a pause, and after the round in one", async () => {
    const { began, ended, leave } = beating();
    await vi.advanceTimersByTimeAsync(1050);
    leave.abort();
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(50);
    await ended;
    expect(began).toEqual([0, 1000]);
    const pausing = beating();
    await vi.advanceTimersByTimeAsync(500);
    pausing.leave.abort();
    await pausing.ended;
    expect(performance.now()).toBe(1600);
  });

  test("is a round's interruption, and what is wrong with this machine or with us", async () => {
    const interrupted = beating({ fail: new PictlError("interrupted", "Interrupted.") });
    const full = beating({ fail: new PictlError("state-write-failed", "The disk is full.") });
    const rejected = expect(full.ended).rejects.toThrow("The disk is full.");
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all([interrupted.ended, rejected]);
  });
});
