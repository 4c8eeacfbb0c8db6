/** How much of the time this machine had no processor for whoever wanted one. */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** Milliseconds. */
const TICK = 100;

/** What counts as too busy: waiting for this much of the time, or a tick as late as this. Shorter tests count no seconds. */
const BUSY = { share: 0.75, lateMs: 500, testMs: 1000 };

/** In a thread of its own: what a test computes, or waits for without giving way, makes no tick late. */
const program = `
const { worst } = require("node:worker_threads").workerData;
const nobody = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const from = performance.now();
  Atomics.wait(nobody, 0, 0, ${TICK});
  const late = Math.round(performance.now() - from - ${TICK});
  if (late > Atomics.load(worst, 0)) Atomics.store(worst, 0, late);
}`;

// Tests put clocks of their own in its place.
const now = performance.now.bind(performance);
const worst = new Int32Array(new SharedArrayBuffer(4));
let ticking: Worker | undefined;

const verdict = "machine too busy";

/** Whether this is the message of a test that failed on a machine with no processor to spare. */
export function isTooBusy(message: string): boolean {
  return message.startsWith(verdict);
}

/** Begins to look; the function it returns tells why the machine was too busy since then, or undefined if it was not. */
export function watchMachine(): () => string | undefined {
  ticking ??= new Worker(program, { eval: true, workerData: { worst } });
  ticking.unref();
  const [from, waitedBefore] = [now(), waitedMs()];
  Atomics.store(worst, 0, 0);
  return () => whyTooBusy({ ms: now() - from, waitedMs: waitedMs() - waitedBefore, lateMs: Atomics.load(worst, 0) });
}

/** Does what a hook has to; where it fails on a machine that was too busy, its error says so first, as a test's does. */
export async function watched<T>(work: () => Promise<T>, watch = watchMachine): Promise<T> {
  const tooBusy = watch();
  try {
    return await work();
  } catch (error) {
    const why = tooBusy();
    if (why !== undefined && error instanceof Error) error.message = `${why}\n${error.message}`;
    throw error;
  }
}

/** Of a test that took `ms`, `waitedMs` of which somebody waited for a processor. */
export function whyTooBusy(seen: { readonly ms: number; readonly waitedMs: number; readonly lateMs: number }) {
  if (seen.ms < BUSY.testMs) return undefined;
  const share = Math.min(1, seen.waitedMs / seen.ms);
  if (share < BUSY.share && seen.lateMs < BUSY.lateMs) return undefined;
  const [percent, seconds] = [String(Math.round(share * 100)), (seen.ms / 1000).toFixed(1)];
  return `${verdict}: programs waited for a processor in ${percent} % of this test's ${seconds} s, and a tick of ${String(TICK)} ms was up to ${String(seen.lateMs)} ms late. Run it again alone before you believe it.`;
}

/** Milliseconds since the machine started in which somebody waited for a processor; 0 where Linux does not tell. */
function waitedMs(): number {
  try {
    const [, total = "0"] = /^some .*total=(\d+)/m.exec(readFileSync("/proc/pressure/cpu", "utf8")) ?? [];
    return Number(total) / 1000;
  } catch {
    return 0;
  }
}
