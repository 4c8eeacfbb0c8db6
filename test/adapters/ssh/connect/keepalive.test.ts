/** When servers are asked whether they are there, and which lines are ended. */
import { EventEmitter } from "node:events";
import { type Duplex, PassThrough } from "node:stream";
import type { Client } from "ssh2";
import { expect, onTestFinished, test, vi } from "vitest";
import { keepable, Keepalives, type KeepaliveSettings } from "../../../../src/adapters/ssh/connect/keepalive.ts";

const settings: KeepaliveSettings = { intervalMs: 5000, restMs: 15_000, countMax: 2 };

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** With one channel in use on it. */
function lineTo(keepalives: Keepalives, to: KeepaliveSettings = settings) {
  const client = new EventEmitter();
  const stream = new PassThrough();
  const channels: Record<number, Duplex> = { 0: keepable(new PassThrough()) };
  const line = { pings: 0, errors: [] as string[], client, stream, channels, answers: [] as (() => void)[] };
  client.on("error", ({ message, level }: Error & { level: string }) => line.errors.push(`${level}: ${message}`));
  Object.assign(client, {
    _callbacks: line.answers,
    _chanMgr: {
      get _channels() {
        return line.channels;
      },
    },
    _protocol: { ping: () => (line.pings += 1) },
  });
  keepalives.watch(client as unknown as Client, stream, to);
  return line;
}

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

/** What came from the server, when it has been handed on. */
async function hear(stream: PassThrough): Promise<void> {
  const heard = new Promise((resolve) => stream.once("data", resolve));
  stream.write("x");
  await heard;
}

test("a server is asked when it has said nothing for an interval, and not while it talks", async () => {
  useFakeTimers();
  const line = lineTo(new Keepalives());
  for (let turn = 0; turn < 5; turn += 1) {
    await hear(line.stream);
    pass(5000);
  }
  expect(line.pings).toBe(0);
  pass(5000);
  expect(line.pings).toBe(1);
  expect(line.answers).toHaveLength(1);
  await hear(line.stream);
  pass(5000);
  expect(line.pings).toBe(1);
  pass(5000);
  expect(line).toMatchObject({ pings: 2, errors: [] });
});

test("a line on which nothing answers is ended after as many questions as may stay unanswered", () => {
  useFakeTimers();
  const line = lineTo(new Keepalives());
  pass(15_000);
  expect(line).toMatchObject({ pings: 2, errors: [] });
  pass(5000);
  expect(line).toMatchObject({ pings: 2, errors: ["client-timeout: Keepalive timeout"] });
  expect(line.stream.destroyed).toBe(true);
  pass(50_000);
  expect(line).toMatchObject({ pings: 2, errors: ["client-timeout: Keepalive timeout"] });
});

test("a server on whose line nothing runs is asked when it has said nothing for longer", async () => {
  useFakeTimers();
  const line = lineTo(new Keepalives());
  line.channels = {};
  // Rounds that are 15 s apart are heard in time.
  for (let round = 0; round < 3; round += 1) {
    await hear(line.stream);
    pass(15_000);
  }
  expect(line.pings).toBe(0);
  pass(5000);
  expect(line.pings).toBe(1);
  // One that does not answer is asked on.
  pass(5000);
  expect(line).toMatchObject({ pings: 2, errors: [] });
  pass(5000);
  expect(line.errors).toEqual(["client-timeout: Keepalive timeout"]);
});

test("what is only kept open for the next use is nothing that runs", async () => {
  useFakeTimers();
  const line = lineTo(new Keepalives());
  const kept = keepable(new PassThrough()) as Duplex & { ref(): void; unref(): void };
  line.channels = { 3: kept };
  kept.unref();
  await hear(line.stream);
  pass(10_000);
  expect(line.pings).toBe(0);
  kept.ref();
  pass(5000);
  expect(line.pings).toBe(1);
});

test("all lines of an interval have one timer, which ends with the last of them", () => {
  useFakeTimers();
  const keepalives = new Keepalives();
  const [one, two] = [lineTo(keepalives), lineTo(keepalives)];
  pass(2000);
  const three = lineTo(keepalives);
  expect(vi.getTimerCount()).toBe(1);
  const slow = lineTo(keepalives, { intervalMs: 60_000, restMs: 60_000, countMax: 1 });
  expect(vi.getTimerCount()).toBe(2);
  pass(8000);
  expect([one, two, three, slow].map(({ pings }) => pings)).toEqual([1, 1, 1, 0]);
  one.client.emit("close");
  // It had closed before anybody could hear of it.
  two.stream.destroy();
  three.client.emit("close");
  pass(5000);
  expect(vi.getTimerCount()).toBe(1);
  expect([one, two, three].map(({ pings }) => pings)).toEqual([1, 1, 1]);
  const four = lineTo(keepalives);
  pass(10_000);
  expect(four.pings).toBe(1);
});
