import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { systemClock } from "../src/adapters/clock/index.ts";
import { abortable, firstOf, onAbort, timeLimit } from "../src/abort.ts";
import { patience } from "./support/patience.ts";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("onAbort", () => {
  test("hears an abort that comes, once", () => {
    const stop = new AbortController();
    const heard = vi.fn();
    onAbort(stop.signal, heard);
    expect(heard).not.toHaveBeenCalled();
    stop.abort();
    stop.signal.dispatchEvent(new Event("abort"));
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test("hears an abort that has been", () => {
    const heard = vi.fn();
    onAbort(AbortSignal.abort(), heard)();
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test("lets go of the signal", () => {
    const stop = new AbortController();
    const heard = vi.fn();
    const off = onAbort(stop.signal, heard);
    expect(listeners(stop.signal)).toBe(1);
    off();
    expect(listeners(stop.signal)).toBe(0);
    stop.abort();
    expect(heard).not.toHaveBeenCalled();
  });

  test("without a signal there is nothing to hear", () => {
    onAbort(undefined, () => {
      throw new Error("heard");
    })();
  });
});

describe("abortable", () => {
  const reason = new Error("stop");
  const never = new Promise<never>(() => undefined);

  test("settles as the promise does, and lets go of the signal", async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(abortable(Promise.reject(reason), signal)).rejects.toBe(reason);
    await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
    expect(listeners(signal)).toBe(0);
  });

  test("an abort ends the wait, before and during it", async () => {
    const stop = new AbortController();
    const waiting = abortable(never, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(abortable(never, stop.signal)).rejects.toBe(reason);
    await expect(abortable(Promise.resolve(1), stop.signal)).rejects.toBe(reason);
  });

  test("what comes too late is handed to who disposes of it, what fails too late is nobody's error", async () => {
    const stop = new AbortController();
    const late = vi.fn();
    let resolve: (value: number) => void = () => undefined;
    let reject: (error: Error) => void = () => undefined;
    const value = abortable(new Promise<number>((done) => (resolve = done)), stop.signal, late);
    const failure = abortable(new Promise<number>((_, fail) => (reject = fail)), stop.signal, late);
    stop.abort(reason);
    await expect(value).rejects.toBe(reason);
    await expect(failure).rejects.toBe(reason);
    resolve(7);
    reject(new Error("too late"));
    await vi.waitFor(() => {
      expect(late.mock.calls).toEqual([[7]]);
    }, patience);
  });

  test("what came in time is not disposed of", async () => {
    const stop = new AbortController();
    const late = vi.fn();
    const value = abortable(Promise.resolve(1), stop.signal, late);
    await Promise.resolve();
    stop.abort(reason);
    await expect(value).resolves.toBe(1);
    expect(late).not.toHaveBeenCalled();
  });
});

describe("signals made of signals", () => {
  const ended = (signal: AbortSignal): Promise<unknown> =>
    new Promise((resolve) => {
      onAbort(signal, () => {
        resolve(signal.reason);
      });
    });

  test("the first of several, for its reason; the others are let go of", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = firstOf([one.signal, undefined, other.signal]);
    other.abort("other");
    one.abort("one");
    expect([signal.reason, listeners(one.signal)]).toEqual(["other", 0]);
  });

  test("one that was aborted before", () => {
    expect(firstOf([new AbortController().signal, AbortSignal.abort("before")]).signal.reason).toBe("before");
  });

  test("a time limit comes though nobody holds it and memory is collected meanwhile", async () => {
    setFlagsFromString("--expose-gc");
    const reason = ended(timeLimit(systemClock, 50, new AbortController().signal).signal);
    await new Promise(setImmediate);
    (runInNewContext("gc") as () => void)();
    expect(await reason).toEqual(new Error("no end within 50 ms"));
  });

  test("a time limit tells the end of time from the other signal, and from being let go of", async () => {
    const other = new AbortController();
    const [interrupted, over, disposed] = [1000, 1, 1].map((ms) => timeLimit(systemClock, ms, other.signal));
    disposed?.dispose();
    await ended(over?.signal ?? other.signal);
    other.abort("Ctrl-C");
    expect([interrupted?.signal.reason, interrupted?.expired(), over?.expired(), disposed?.signal.aborted]).toEqual([
      "Ctrl-C",
      false,
      true,
      false,
    ]);
  });
});
