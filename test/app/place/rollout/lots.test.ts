import { expect, onTestFinished, test } from "vitest";
import { inLots } from "../../../../src/app/place/rollout/lots.ts";

function deferred() {
  let resolve = (_: string): void => undefined;
  let reject = (_: Error): void => undefined;
  const promise = new Promise<string>((...both) => {
    [resolve, reject] = both;
  });
  return {
    promise,
    resolve: (value: string) => {
      resolve(value);
    },
    reject: (error: Error) => {
      reject(error);
    },
  };
}

/** Items by hand, and a clock that is quiet for as long as somebody says so. `work` is what is done to a lot. */
function bench(work = (lot: string): Promise<string> => Promise.resolve(lot)) {
  const sleepers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    timeout: () => new AbortController().signal,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.push(resolve);
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
  };
  const items = Array.from({ length: 5 }, () => deferred());
  const lots: string[][] = [];
  const all = inLots(
    { clock },
    items.map(({ promise }) => promise),
    (lot) => {
      lots.push([...lot]);
      return work(lot.join(""));
    },
  );
  return {
    lots,
    all,
    ready: async (...names: readonly number[]) => {
      for (const name of names) items[name]?.resolve(String(name));
      await settled();
    },
    fail: (name: number) => {
      items[name]?.reject(new Error("broken"));
    },
    quiet: async () => {
      for (const wake of sleepers.splice(0)) wake();
      await settled();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("what is soon ready goes in one lot", async () => {
  const { ready, all } = bench();
  await ready(1, 0);
  await ready(2, 3, 4);
  expect(await all).toEqual(["10234"]);
});

test("what is ready does not wait for the rest when nothing more comes, and the third lot has all the rest", async () => {
  const { ready, quiet, lots, all } = bench();
  await quiet();
  expect(lots).toEqual([]);
  await ready(0, 3);
  expect(lots).toEqual([]);
  await quiet();
  await ready(1);
  await quiet();
  expect(lots).toEqual([["0", "3"], ["1"]]);
  await ready(2);
  await quiet();
  expect(lots).toHaveLength(2);
  await ready(4);
  expect(await all).toEqual(["03", "1", "24"]);
});

test("a failure is told when what was begun has ended", async () => {
  const { ready, fail, quiet, lots, all } = bench();
  const failed = expect(all).rejects.toThrow("broken");
  await ready(0);
  await quiet();
  fail(1);
  await ready(2, 3, 4);
  await failed;
  expect(lots).toEqual([["0"], ["2", "3", "4"]]);
});

test("a lot that fails is told when the others have ended, and is no unhandled rejection until then", async () => {
  const unhandled: unknown[] = [];
  const note = (why: unknown): void => void unhandled.push(why);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const { ready, quiet, lots, all } = bench((lot) =>
    lot === "0" ? Promise.reject(new Error("broken")) : Promise.resolve(lot),
  );
  const failed = expect(all).rejects.toThrow("broken");
  await ready(0);
  await quiet();
  expect([lots, unhandled]).toEqual([[["0"]], []]);
  await ready(1, 2, 3, 4);
  await failed;
  expect(lots).toHaveLength(2);
});
