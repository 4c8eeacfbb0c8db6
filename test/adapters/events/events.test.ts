import { spawn } from "node:child_process";
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openEventLog } from "../../../src/adapters/events/index.ts";
import type { EventLog } from "../../../src/app/ports.ts";
import type { PictlEvent } from "../../../src/domain/events/event.ts";

let folder: string;
let warnings: string[];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "pictl-events-")), "state");
  warnings = [];
});

afterEach(async () => {
  await rm(join(folder, ".."), { recursive: true });
});

const current = (): string => join(folder, "events-shop.jsonl");
const older = (): string => join(folder, "events-shop.1.jsonl");
const open = (rotateAtBytes?: number): EventLog =>
  openEventLog({
    stateDir: folder,
    cluster: "shop",
    warn: (message) => warnings.push(message),
    ...(rotateAtBytes === undefined ? {} : { rotateAtBytes }),
  });
const event = (number: number, extra: Partial<PictlEvent> = {}): PictlEvent => ({
  time: "2026-01-31T10:00:00.000Z",
  type: "test.counted",
  after: number,
  who: "root@here",
  ...extra,
});

test("what was written is read, oldest first, by nobody but the owner", async () => {
  const log = open();
  for (const number of [1, 2, 3]) await log.append(event(number, { error: "né\n\u{1f600}" }));
  expect(await read(log)).toEqual([1, 2, 3].map((number) => event(number, { error: "né\n\u{1f600}" })));
  expect((await stat(current())).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("no log yet is an empty one", async () => {
  expect(await read(open())).toEqual([]);
});

test("a torn line hides no other, before or behind it", async () => {
  const log = open();
  await log.append(event(1));
  await appendFile(current(), '{"time":"2026-01-3');
  await log.append(event(2));
  await appendFile(current(), 'null\n{"time":1,"type":"x"}\n\xff\xfe\n');
  await log.append(event(3));
  await appendFile(current(), '{"half": ');
  expect(numbers(await read(log))).toEqual([1, 2, 3]);
});

test("a huge line is skipped", async () => {
  const log = open();
  await log.append(event(1, { error: "x".repeat(100_000) }));
  await appendFile(current(), `{"time":"x","type":"${"x".repeat(3_000_000)}"}\n`);
  await log.append(event(2));
  expect(numbers(await read(log))).toEqual([1, 2]);
});

test("a log that cannot be written is warned about, and nothing fails", async () => {
  await writeFile(folder, "a file where the folder should be");
  await open().append(event(1));
  expect(warnings).toEqual([
    expect.stringMatching(/^The event log .*events-shop\.jsonl cannot be written: .*recorded when it can be/),
  ]);
});

test("a log that cannot be read says what to do", async () => {
  await writeFile(folder, "a file where the folder should be");
  await expect(read(open())).rejects.toMatchObject({
    code: "missing-prerequisite",
    hint: expect.stringContaining("state_dir") as string,
  });
});

describe("rotation", () => {
  test("the older file is read first; of two rotations the last two files stay", async () => {
    const log = open(200);
    for (const number of [1, 2, 3, 4, 5, 6, 7]) await log.append(event(number));
    const all = numbers(await read(log));
    expect(all.at(-1)).toBe(7);
    expect(all).toEqual([...all].sort((a, b) => Number(a) - Number(b)));
    expect(await readdir(folder)).toEqual(["events-shop.1.jsonl", "events-shop.jsonl"]);
    expect((await stat(current())).size).toBeLessThan(400);
  });

  test("writers in several processes lose nothing and mix nothing", async () => {
    const writers = [0, 1, 2].map((writer) => writeFrom({ writer, count: 150, rotateAtBytes: 20_000 }));
    await Promise.all(writers);
    expect(warnings).toEqual([]);
    const lines = (await Promise.all([older(), current()].map((file) => readFile(file, "utf8"))))
      .join("")
      .trimEnd()
      .split("\n");
    const seen = lines.map((line) => (JSON.parse(line) as PictlEvent).after as string);
    // 450 events of 100 bytes in files of 20 kB: there was a rotation, and what is left has no gap for any writer.
    expect(seen.length).toBeGreaterThan(100);
    for (const writer of [0, 1, 2]) {
      const own = seen.filter((each) => each.startsWith(`${writer}:`)).map((each) => Number(each.slice(2)));
      expect(own).toEqual(Array.from({ length: own.length }, (_, index) => 150 - own.length + index));
    }
    expect(await readdir(folder)).toEqual(["events-shop.1.jsonl", "events-shop.jsonl"]);
  });

  test("a line that somebody is writing is not taken for one that was left", async () => {
    const line = `${JSON.stringify(event(1))}\n`;
    await mkdir(folder);
    await writeFile(current(), line.slice(0, 20));
    const appended = open().append(event(2));
    await Promise.all([appended, sleep(20).then(() => appendFile(current(), line.slice(20)))]);
    expect(await readFile(current(), "utf8")).toBe(`${line}${JSON.stringify(event(2))}\n`);
  });

  test("a lock that a crash left is no longer heeded after a while", async () => {
    const log = open(200);
    await log.append(event(1, { error: "x".repeat(300) }));
    const lock = join(folder, "events-shop.lock");
    await writeFile(lock, "");
    await log.append(event(2));
    expect(await readdir(folder)).not.toContain("events-shop.1.jsonl");
    const past = Date.now() / 1000 - 60;
    await utimes(lock, past, past);
    await log.append(event(3));
    await log.append(event(4));
    expect(numbers(await read(log))).toEqual([1, 2, 3, 4]);
    expect(await readdir(folder)).toEqual(["events-shop.1.jsonl", "events-shop.jsonl"]);
  });
});

describe("following", () => {
  test("the past, then what comes, until the signal", async () => {
    const log = open();
    await log.append(event(1));
    await using following = follow(log);
    expect(await following.caughtUp).toBe(1);
    await log.append(event(2));
    await following.sees(1, 2);
    await appendFile(current(), JSON.stringify(event(3)).slice(0, 20));
    await appendFile(current(), `${JSON.stringify(event(3)).slice(20)}\n`);
    await following.sees(1, 2, 3);
  });

  test("before there is anything, not even the folder", async () => {
    const log = open();
    await using following = follow(log);
    await following.caughtUp;
    await log.append(event(1));
    await following.sees(1);
  });

  test("over rotations, and what a slow writer still adds to the old file", async () => {
    const log = open(250);
    await using following = follow(log);
    await following.caughtUp;
    for (let number = 1; number <= 12; number += 1) {
      await log.append(event(number));
      // One rotation at a time: a file that is gone before anybody looked cannot be followed.
      await following.sees(...Array.from({ length: number }, (_, index) => index + 1));
    }
    await rename(current(), older());
    await writeFile(current(), `${JSON.stringify(event(13))}\n`);
    await following.sees(...Array.from({ length: 13 }, (_, index) => index + 1));
    for (const [number, file] of [
      [14, older()],
      [15, current()],
      [16, older()],
    ] as const) {
      await appendFile(file, `${JSON.stringify(event(number))}\n`);
      await following.sees(...Array.from({ length: number }, (_, index) => index + 1));
    }
  });

  test("a log that somebody empties goes on", async () => {
    const log = open();
    for (const number of [1, 2, 3]) await log.append(event(number));
    await using following = follow(log);
    await following.sees(1, 2, 3);
    await writeFile(current(), "");
    await log.append(event(4));
    await following.sees(1, 2, 3, 4);
  });
});

test("no file stays open: read to its end, given up on the way, or followed over a rotation", async () => {
  const log = open(200);
  await mkdir(folder);
  await writeFile(join(folder, "events.jsonl"), `${JSON.stringify(event(0))}\n`);
  for (const number of [1, 2, 3, 4]) await log.append(event(number));
  expect(numbers(await read(log))[0]).toBe(0);
  expect(await openFiles()).toEqual([]);
  for await (const each of log.read({ follow: false, signal: new AbortController().signal }))
    if (each.after !== 0) break;
  expect(await openFiles()).toEqual([]);
  {
    await using following = follow(log);
    await following.caughtUp;
    await log.append(event(5));
    await log.append(event(6));
    expect((await openFiles()).length).toBeLessThanOrEqual(2);
  }
  expect(await openFiles()).toEqual([]);
});

/** Files of the folder that this process has open. */
async function openFiles(): Promise<readonly string[]> {
  const fds = await readdir("/proc/self/fd");
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return targets.filter((target) => target.startsWith(`${folder}/`));
}

async function read(log: EventLog): Promise<PictlEvent[]> {
  const events: PictlEvent[] = [];
  for await (const each of log.read({ follow: false, signal: new AbortController().signal })) events.push(each);
  return events;
}

function numbers(events: readonly PictlEvent[]): unknown[] {
  return events.map((each) => each.after);
}

function follow(log: EventLog) {
  const stop = new AbortController();
  const seen: unknown[] = [];
  let news: () => void = () => undefined;
  let tellCaughtUp: (count: number) => void = () => undefined;
  const caughtUp = new Promise<number>((resolve) => (tellCaughtUp = resolve));
  const reading = (async () => {
    const onCaughtUp = (): void => {
      tellCaughtUp(seen.length);
    };
    for await (const each of log.read({ follow: true, signal: stop.signal, onCaughtUp })) {
      seen.push(each.after);
      news();
    }
  })();
  return {
    /** With the number of events that lay in the past. */
    caughtUp,
    /** Resolves when exactly these have come. */
    async sees(...wanted: unknown[]): Promise<void> {
      while (seen.length < wanted.length) await new Promise<void>((resolve) => (news = resolve));
      expect(seen).toEqual(wanted);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      await reading;
    },
  };
}

async function writeFrom(job: { writer: number; count: number; rotateAtBytes: number }): Promise<void> {
  const program = `
    import { openEventLog } from ${JSON.stringify(new URL("../../../src/adapters/events/index.ts", import.meta.url).href)};
    const { writer, count, rotateAtBytes } = ${JSON.stringify(job)};
    const warn = (message) => { console.error(message); process.exitCode = 1; };
    const log = openEventLog({ stateDir: ${JSON.stringify(folder)}, cluster: "shop", warn, rotateAtBytes });
    for (let at = 0; at < count; at += 1) {
      await log.append({ time: "2026-01-31T10:00:00.000Z", type: "test.counted", after: writer + ":" + at, who: "root@here" });
    }`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
}
