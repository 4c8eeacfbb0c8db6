import { expect, onTestFinished, test, vi } from "vitest";
import { earlyAfterMs, fanOut } from "../../../src/app/kit/fan-out.ts";
import { fakeClock } from "../../fakes/clock.ts";

interface Item {
  readonly node: string;
  readonly afterMs: number;
  readonly fails?: boolean;
}

async function told(items: readonly Item[]): Promise<{ early: string[]; results: readonly string[] }> {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const early: string[] = [];
  const work = async ({ node, afterMs, fails }: Item): Promise<string> => {
    await fakeClock.sleep(afterMs);
    if (fails) throw new Error("no");
    return node;
  };
  const running = fanOut({ concurrency: 10, signal: new AbortController().signal }, items, {
    place: ({ node }) => ({ node }),
    work,
    early: {
      clock: fakeClock,
      tell: (results, awaited) => {
        early.push(`${results.join(" ")}, without ${awaited.map(({ node }) => node).join(" ")}`);
      },
    },
  });
  await vi.advanceTimersByTimeAsync(60_000);
  return { early, results: (await running).results };
}

test("what is there is told once, in its order, while one is awaited", async () => {
  const { early, results } = await told([
    { node: "n1", afterMs: 15_000 },
    { node: "n2", afterMs: 900 },
    { node: "n3", afterMs: 200 },
    { node: "n4", afterMs: 100, fails: true },
    { node: "n5", afterMs: 14_000 },
  ]);
  expect(early).toEqual(["n2 n3, without n1 n5"]);
  expect(results).toEqual(["n1", "n2", "n3", "n5"]);
});

test("nobody is told early where all answer in time, one after the other, or where nobody has answered", async () => {
  const slow = [1, 2, 3, 4].map((at) => ({ node: `n${at}`, afterMs: at * (earlyAfterMs - 1) }));
  expect((await told(slow)).early).toEqual([]);
  const silent = [
    { node: "n1", afterMs: 15_000 },
    { node: "n2", afterMs: 100, fails: true },
  ];
  expect((await told(silent)).early).toEqual([]);
});
