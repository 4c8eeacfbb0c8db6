import { Writable } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createProgress, type ProgressOptions } from "../../../src/cli/output/progress.ts";

const plain = { colour: false, width: 80 };

function setup(parts: { live?: boolean; quiet?: boolean; rehearsal?: boolean } = {}) {
  const written: string[] = [];
  const drawn: { title: string; lines: readonly string[] }[] = [];
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      written.push(chunk.toString());
      callback();
    },
  });
  let now = 0;
  let closed = 0;
  const options: ProgressOptions = {
    terminal: { out: plain, err: plain, live: parts.live ?? false, interactive: false },
    quiet: parts.quiet ?? false,
    rehearsal: parts.rehearsal ?? false,
    stderr,
    now: () => now,
    openDisplay: () =>
      Promise.resolve({
        draw: (title: string, lines: readonly string[]) => drawn.push({ title, lines }),
        close: () => {
          closed += 1;
          return Promise.resolve();
        },
      }),
  };
  return {
    progress: createProgress(options),
    written,
    drawn,
    closed: () => closed,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

describe("without a terminal", () => {
  test("each ended step is one line, updates are not shown, why one failed is left to the summary", () => {
    const { progress, written, advance } = setup();
    const good = progress.step("n1", "build web");
    const bad = progress.step("n2", "build web");
    good.update("step 1/3");
    advance(3200);
    good.done();
    bad.fail();
    progress.look("n3").done();
    expect(written).toEqual(["n1: build web: done (3.2 s)\n", "n2: build web: failed\n"]);
  });

  test("who is awaited is told after a while, and how long it has been", () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { progress, written, advance } = setup();
    const looks = ["n1", "n2", "n3", "n4", "n5"].map((node) => progress.look(node));
    looks[0]?.done();
    advance(3900);
    vi.advanceTimersByTime(3900);
    expect(written).toEqual([]);
    advance(100);
    vi.advanceTimersByTime(100);
    expect(written).toEqual(["Waiting for n2, n3, n4 and 1 more, 4.0 s so far.\n"]);
    for (const each of looks.slice(0, 4)) each.done();
    advance(4000);
    vi.advanceTimersByTime(4000);
    expect(written.slice(1)).toEqual(["Waiting for n5, 8.0 s so far.\n"]);
    looks[4]?.fail();
    advance(60_000);
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(2);
  });

  test("a warning is said once", () => {
    const { progress, written } = setup();
    progress.warn("careful");
    progress.warn("careful");
    expect(written).toEqual(["! careful\n"]);
  });

  test("what others said in a warning is shown and not sent to the terminal", () => {
    const { progress, written } = setup();
    progress.warn("it said: \u001b[31mred\nand more");
    expect(written).toEqual(["! it said: \\x1b[31mred\n  and more\n"]);
  });

  test("a rehearsal: what would be done stands in the result, and is not said twice", () => {
    const { progress, written } = setup({ rehearsal: true });
    progress.step("web@n1", "create").done("would run: docker");
    progress.warn("careful");
    expect(written).toEqual(["! careful\n"]);
  });

  test("quiet: only warnings", () => {
    const { progress, written } = setup({ quiet: true });
    progress.step("n1", "x").done();
    progress.warn("careful");
    expect(written).toEqual(["! careful\n"]);
  });
});

describe("on a terminal", () => {
  test("the steps under way are drawn, at most ten of them", async () => {
    const { progress, drawn, written, closed } = setup({ live: true });
    const steps = Array.from({ length: 12 }, (_, index) => progress.step(`n${String(index + 1)}`, "look"));
    steps[0]?.done();
    await Promise.resolve();
    await Promise.resolve();
    const last = drawn.at(-1);
    expect(last?.title).toBe("1 of 12 done");
    expect(last?.lines).toHaveLength(11);
    expect(last?.lines.at(-1)).toBe("… and 1 more");
    await progress.stop();
    progress.step("n1", "late").done();
    expect(closed()).toBe(1);
    expect(written).toEqual([]);
  });

  test("a question takes the display off the screen until it is answered", async () => {
    const { progress, drawn, closed } = setup({ live: true });
    progress.step("n1", "look");
    const release = await progress.hold();
    expect(closed()).toBe(1);
    const before = drawn.length;
    progress.step("n2", "look").update("half of it");
    await Promise.resolve();
    expect(drawn.length).toBe(before);
    release();
    await Promise.resolve();
    expect(drawn.at(-1)).toEqual({ title: "0 of 2 done", lines: ["n1: look", "n2: look: half of it"] });
  });
});
