import { expect, onTestFinished, test, vi } from "vitest";
import { openCanvas } from "../../../src/tui/terminal/canvas.ts";
import { Frames } from "../../../src/tui/terminal/frames.ts";
import { TerminalOutput } from "../../../src/tui/terminal/output.ts";

/** A line that takes `rate` bytes a second, and the screen behind it. */
function line(rate: number) {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  let arrived = "";
  let frames = 0;
  let drawn = 0;
  const output = new TerminalOutput(
    {
      write(bytes, done) {
        setTimeout(
          () => {
            arrived += bytes.toString("utf8");
            done();
          },
          (bytes.length / rate) * 1000,
        );
      },
    },
    () => {
      painting.idle();
    },
  );
  const canvas = openCanvas({
    write: (text) => {
      output.write(text);
    },
    columns: 80,
    rows: 24,
    term: "xterm",
    looks: { colour: true, utf8: true, rich: true },
  });
  let rows = (): string[] => [];
  const painting = new Frames({
    paint: () => {
      frames += 1;
      drawn += 1;
      canvas.paint(rows().map((text) => [{ text }]));
    },
    busy: () => output.busy,
    now: () => Date.now(),
  });
  return {
    output,
    painting,
    show: (now: () => string[]) => {
      rows = now;
      painting.request();
    },
    arrived: () => arrived,
    frames: () => frames,
    drawn: () => drawn,
  };
}

const full = (mark: string): string[] => Array.from({ length: 24 }, (_, row) => `${row} ${mark.repeat(70)}`);

test("on a line of 4 kB/s a key is answered as soon as the frame before has gone", async () => {
  const { show, arrived } = line(4000);
  show(() => full("a"));
  await vi.advanceTimersByTimeAsync(2000);
  const rows = full("a");
  rows[3] = "CHOSEN BY THE KEY";
  show(() => rows);
  await vi.advanceTimersByTimeAsync(100);
  expect(arrived()).toContain("CHOSEN BY THE KEY");
});

test("a line that is behind gets the newest frame and none of those between", async () => {
  const { show, arrived, frames } = line(4000);
  let mark = 0;
  show(() => full(String.fromCharCode(97 + (mark % 26))));
  for (; mark < 100; mark += 1) {
    show(() => full(String.fromCharCode(97 + (mark % 26))));
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(frames()).toBeLessThan(15);
  show(() => full("Z"));
  await vi.advanceTimersByTimeAsync(2000);
  expect(arrived()).toContain("Z".repeat(70));
});

test("not more than twenty frames a second are drawn, and none when nothing has changed", async () => {
  const { painting, show, drawn } = line(1e9);
  show(() => full("a"));
  for (let at = 0; at < 1000; at += 5) {
    painting.request();
    await vi.advanceTimersByTimeAsync(5);
  }
  const after = drawn();
  expect(after).toBeLessThanOrEqual(21);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(drawn()).toBeLessThanOrEqual(after + 1);
});

test("what has not gone can be taken back, but for the piece on its way", async () => {
  const { output, show, arrived } = line(4000);
  show(() => full("a"));
  await vi.advanceTimersByTimeAsync(100);
  const before = arrived().length;
  output.discard();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(arrived().length - before).toBeLessThanOrEqual(1024);
  expect(output.busy).toBe(false);
});
