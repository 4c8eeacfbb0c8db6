import { describe, expect, test } from "vitest";
import { followLog, type FollowedLog } from "../../../src/app/logs/follow.ts";
import { NodeWatch } from "../../../src/app/logs/node-watch.ts";
import type { Clock, Engine, Engines } from "../../../src/app/ports.ts";
import type { ContainerFacts, ContainerState, LogRecord } from "../../../src/domain/docker/facts.ts";
import { type ErrorCode, PictlError } from "../../../src/domain/errors.ts";
import { LogCursor } from "../../../src/domain/logs/cursor.ts";
import { config, node } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

/** What the node says at one look, and how one reading of the log goes after it. */
interface Moment {
  readonly look: ContainerState | ErrorCode | "missing" | Partial<ContainerFacts>;
  /** Each is a second and a line; the reading gives all that are there. */
  readonly log?: readonly number[];
  /** How the reading ends; undefined: whole. */
  readonly end?: ErrorCode;
  /** Where the container is by the layout; undefined: where it is read. */
  readonly next?: "moving" | { readonly node: string };
  /** Somebody interrupts while it is waited for the next moment. */
  readonly interrupted?: true;
}

/** Follows through the moments, the last of which goes on for ever. */
async function follow(
  moments: readonly Moment[],
  {
    signal = new AbortController().signal,
    alive = false,
    seen = true,
  }: { signal?: AbortSignal; alive?: boolean; seen?: boolean } = {},
) {
  const told: string[] = [];
  let at = -1;
  let now = 0;
  const moment = (): Moment => moments[Math.min(at, moments.length - 1)] ?? { look: "missing" };
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: (ms) => {
      now += ms;
      if (moment().interrupted) return Promise.reject(new PictlError("interrupted", "Interrupted."));
      return Promise.resolve();
    },
  };
  const engine = {
    containers: () => {
      at += 1;
      const { look } = moment();
      if (look === "missing") return Promise.resolve([]);
      if (typeof look === "object") return Promise.resolve([containerFacts(look)]);
      if (states.has(look)) return Promise.resolve([containerFacts({ state: look as ContainerState })]);
      return Promise.reject(new PictlError(look as ErrorCode, `It is ${look}.`));
    },
  } as Engine;
  const engines: Engines = { on: () => Promise.resolve(engine) };
  const watch = new NodeWatch(
    { engines, clock, signal },
    {
      config: config({ nodes: [node("n1"), node("n2")] }),
      random: () => 0.5,
      onLost: (name, { code }) => told.push(`lost ${name}: ${code}`),
      onBack: (name) => told.push(`back ${name}`),
    },
  );
  const cursor = new LogCursor({ whole: true });
  const position: FollowedLog = { container: "web", node: "n1", alive, id: seen ? "c0ffee" : undefined, cursor };
  async function* open(): AsyncGenerator<LogRecord> {
    await Promise.resolve();
    const { log = [], end } = moment();
    for (const second of log) yield { time: time(second), stream: "stdout", line: String(second) };
    if (end) throw new PictlError(end, "It broke off.");
  }
  const lines: number[] = [];
  const read = new Set<string>();
  const times: number[] = [];
  let error: unknown;
  try {
    for await (const { line } of followLog({ clock, signal }, position, {
      cluster: "test",
      watch,
      random: () => 0.5,
      open,
      next: () => Promise.resolve(moment().next),
    })) {
      lines.push(Number(line));
      read.add(position.node);
      times.push(now);
    }
  } catch (caught) {
    error = caught;
  }
  return {
    lines,
    told,
    seconds: Math.round(now / 1000),
    /** From the first line to the last one. */
    speakingMs: (times.at(-1) ?? 0) - (times[0] ?? 0),
    looks: at + 1,
    error,
    read: [...read],
    failures: watch.failures,
  };
}

const states = new Set(["created", "running", "paused", "restarting", "removing", "exited", "dead"]);

const time = (second: number): string => new Date(second * 1000).toISOString().replace("Z", "000000Z");

describe("a followed log", () => {
  test("of a container that does not run ends at once", async () => {
    const { lines, looks, seconds } = await follow([
      { look: "exited", log: [1] },
      { look: "exited", log: [1] },
    ]);
    // It has just spoken: that is read on once more.
    expect({ lines, looks: looks > 1, seconds }).toEqual({
      lines: [1],
      looks: true,
      seconds: expect.closeTo(5, -1) as number,
    });
    expect(await follow([{ look: "exited" }])).toMatchObject({ lines: [], looks: 1, seconds: 0 });
  });

  test("of a container that ran a moment ago is given the time to run again", async () => {
    const { lines } = await follow(
      [{ look: "exited" }, { look: "running", log: [1] }, { look: "exited", log: [1] }, { look: "exited", log: [1] }],
      { alive: true },
    );
    expect(lines).toEqual([1]);
    expect((await follow([{ look: "exited" }], { alive: true })).seconds).toBeCloseTo(5, -1);
  });

  test("goes on where it broke off, and a short break is not worth a word", async () => {
    const { lines, told } = await follow([
      { look: "running", log: [1, 2], end: "docker-unavailable" },
      { look: "running", log: [1, 2, 3], end: "docker-unavailable" },
      { look: "running", log: [1, 2, 3, 4] },
      { look: "exited", log: [1, 2, 3, 4, 5] },
    ]);
    expect({ lines, told }).toEqual({ lines: [1, 2, 3, 4, 5], told: [] });
  });

  test("waits for a lost node, which is told once when it goes and once when it comes", async () => {
    const lost = Array.from({ length: 40 }, (_, index): Moment => ({
      look: index % 2 === 0 ? "node-unreachable" : "docker-unavailable",
    }));
    const { lines, told, seconds } = await follow([
      { look: "running", log: [1], end: "docker-unavailable" },
      ...lost,
      { look: "running", log: [1, 2] },
      { look: "exited", log: [1, 2] },
    ]);
    expect(lines).toEqual([1, 2]);
    expect(told).toEqual(["lost n1: node-unreachable", "back n1"]);
    // Growing pauses: not many tries in all that time.
    expect(seconds).toBeGreaterThan(300);
  });

  test("after a loss the container is given the time to run again, as after a restart", async () => {
    const { lines } = await follow([
      { look: "running", log: [1], end: "docker-unavailable" },
      ...Array.from({ length: 10 }, (): Moment => ({ look: "node-unreachable" })),
      { look: "exited", log: [1] },
      { look: "running", log: [1, 2] },
      { look: "missing" },
    ]);
    expect(lines).toEqual([1, 2]);
  });

  test("outlives a restart of the container, and a new copy in its place begins anew", async () => {
    const { lines } = await follow([
      { look: "running", log: [1, 2] },
      { look: "exited", log: [1, 2] },
      { look: "restarting", log: [1, 2, 3] },
      { look: "missing" },
      { look: { id: "new" }, log: [3, 4] },
      { look: { id: "new", state: "exited" }, log: [3, 4] },
    ]);
    expect(lines).toEqual([1, 2, 3, 3, 4]);
  });

  test.each<[string, Moment[]]>([
    ["in its place", []],
    ["on another node", [{ look: "missing", next: { node: "n2" } }]],
  ])("a new copy %s is read from its first line on, also where the first reading breaks off", async (_, moved) => {
    const { lines } = await follow([
      { look: "running", log: [1] },
      ...moved,
      { look: { id: "new" }, log: [3], end: "docker-unavailable" },
      { look: { id: "new" }, log: [3, 3, 4] },
      { look: { id: "new", state: "exited" }, log: [3, 3, 4] },
    ]);
    expect(lines).toEqual([1, 3, 3, 4]);
  });

  test("is asked for seldom while it says nothing, and often again as soon as it speaks", async () => {
    const spoken = Array.from({ length: 9 }, (_, index) => index);
    const { seconds, speakingMs } = await follow([
      ...Array.from({ length: 40 }, (): Moment => ({ look: "running" })),
      ...spoken.map((count): Moment => ({ look: "running", log: spoken.slice(0, count + 1) })),
      { look: "missing" },
    ]);
    expect(seconds).toBeGreaterThan(300);
    expect(speakingMs).toBeLessThan(4000);
  });

  test("who interrupts just then is told of a node that broke off, and not of a container that was removed", async () => {
    const after = async (end: ErrorCode) =>
      (await follow([{ look: "running", end, interrupted: true }])).failures.map(({ code }) => code);
    expect(await after("docker-unavailable")).toEqual(["connection-lost"]);
    expect(await after("container-missing")).toEqual([]);
  });

  test("ends when the container has not come back for five seconds", async () => {
    const { lines, seconds, error } = await follow([{ look: "running", log: [1] }, { look: "missing" }]);
    expect({ lines, error }).toEqual({ lines: [1], error: undefined });
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(seconds).toBeLessThan(12);
  });

  test("does not ask for the log of what is being removed, nor mind when it is gone", async () => {
    const { lines, error, told } = await follow([
      { look: "running", log: [1] },
      { look: "running", end: "container-missing" },
      { look: "removing", log: [9] },
      { look: "missing" },
    ]);
    expect({ lines, error, told }).toEqual({ lines: [1], error: undefined, told: [] });
  });

  test("goes on at once where its container has been moved to, and waits for a move that takes its time", async () => {
    const { lines, read, error } = await follow([
      { look: "running", log: [1, 2] },
      ...Array.from({ length: 40 }, (): Moment => ({ look: "missing", next: "moving" })),
      { look: "missing", next: { node: "n2" } },
      { look: { id: "new" }, log: [3, 4] },
      { look: { id: "new", state: "exited" }, log: [3, 4] },
    ]);
    expect({ lines, read, error }).toEqual({ lines: [1, 2, 3, 4], read: ["n1", "n2"], error: undefined });
  });

  test("what the old copy said last is read before that", async () => {
    const { lines } = await follow([
      { look: "running", log: [1], end: "docker-unavailable" },
      { look: "exited", log: [1], end: "docker-unavailable", next: { node: "n2" } },
      { look: "exited", log: [1, 2], end: "docker-unavailable", next: { node: "n2" } },
      { look: "exited", log: [1, 2, 3], next: { node: "n2" } },
      { look: "exited", log: [1, 2, 3], next: { node: "n2" } },
      { look: { id: "new" }, log: [7] },
      { look: "missing" },
    ]);
    expect(lines).toEqual([1, 2, 3, 7]);
  });

  test("of a dead node goes on where the container is started instead", async () => {
    const { lines, read, told } = await follow([
      { look: "running", log: [1], end: "connection-lost" },
      { look: "node-unreachable" },
      { look: "node-unreachable", next: "moving" },
      { look: "node-unreachable", next: { node: "n2" } },
      { look: { id: "new" }, log: [2] },
      { look: "missing" },
    ]);
    expect({ lines, read, told }).toEqual({ lines: [1, 2], read: ["n1", "n2"], told: ["lost n1: node-unreachable"] });
  });

  test("is waited for from the beginning on, and what its node does not have then is a failure", async () => {
    const silent: Moment = { look: "node-unreachable" };
    const answered = await follow([silent, silent, { look: "running", log: [1] }, { look: "missing" }], {
      seen: false,
    });
    expect(answered).toMatchObject({ lines: [1], told: ["lost n1: node-unreachable", "back n1"], error: undefined });
    const without = await follow([silent, { look: "missing" }], { seen: false });
    expect(without.error).toMatchObject({ code: "container-missing" });
  });

  test.each<ErrorCode>(["host-key-changed", "auth-failed", "docker-denied"])("%s ends it", async (code) => {
    const { lines, error, failures } = await follow([
      { look: "running", log: [1], end: "connection-lost" },
      { look: "node-unreachable" },
      { look: code },
    ]);
    expect({ lines, failures }).toEqual({ lines: [1], failures: [] });
    expect(error).toMatchObject({ code });
  });

  test("so do a log that cannot be read, and a stranger in the container's place", async () => {
    expect((await follow([{ look: "running", end: "docker-failed" }])).error).toMatchObject({ code: "docker-failed" });
    expect((await follow([{ look: { labels: {} } }])).error).toMatchObject({ code: "container-foreign" });
  });
});

test("however many wait for a node, one asks", async () => {
  let asked = 0;
  let answer: () => void = () => undefined;
  const engine = {
    containers: () => {
      asked += 1;
      return new Promise((resolve) => {
        answer = () => {
          resolve([containerFacts()]);
        };
      });
    },
  } as unknown as Engine;
  const watch = new NodeWatch(
    {
      engines: { on: () => Promise.resolve(engine) },
      clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
    },
    { config: config({ nodes: [node("n1")] }), random: () => 0, onLost: () => undefined, onBack: () => undefined },
  );
  const looks = Array.from({ length: 20 }, () => watch.look("n1"));
  await expect.poll(() => asked).toBe(1);
  answer();
  expect((await Promise.all(looks)).every((found) => found?.length === 1)).toBe(true);
  expect(asked).toBe(1);
});
