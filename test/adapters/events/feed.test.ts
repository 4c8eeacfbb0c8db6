import { appendFile, mkdtemp, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openEventFeed } from "../../../src/adapters/events/feed.ts";
import type { EventFeed, LogPosition } from "../../../src/app/ports.ts";

async function feedIn(now: () => number = () => Date.now() + 10_000) {
  const folder = await mkdtemp(join(tmpdir(), "pictl-feed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return {
    feed: openEventFeed({ stateDir: folder, cluster: "shop" }, now),
    current: join(folder, "events-shop.jsonl"),
    older: join(folder, "events-shop.1.jsonl"),
  };
}

const line = (number: number): string =>
  `${JSON.stringify({ time: `2026-01-31T10:00:00.${String(number).padStart(3, "0")}Z`, type: "test.counted", after: number, who: "me" })}\n`;
const lines = (...numbers: number[]): string => numbers.map(line).join("");

async function take(feed: EventFeed, position: LogPosition | undefined, limit = 100) {
  const { entries, next, gap } = await feed.after(position, limit);
  return { numbers: entries.map(({ event }) => event.after), entries, next, gap };
}

test("events come once each, over batches, rotations and restarts, with places that stay", async () => {
  const { feed, current, older } = await feedIn();
  expect(await feed.end()).toBeUndefined();
  expect(await take(feed, undefined)).toMatchObject({ numbers: [], next: undefined, gap: false });
  await writeFile(current, lines(1, 2, 3));
  const first = await take(feed, undefined, 2);
  expect(first.numbers).toEqual([1, 2]);
  const place = first.entries[1];
  await rename(current, older);
  await writeFile(current, lines(4));
  const second = await take(feed, first.next);
  expect(second.numbers).toEqual([3, 4]);
  expect(await take(feed, second.next)).toMatchObject({ numbers: [], gap: false });
  expect((await take(feed, undefined)).entries[1]).toEqual(place);
});

test("who has read everything hears of what comes then, however often he has asked", async () => {
  const { feed, current, older } = await feedIn();
  await writeFile(current, lines(1));
  let { next } = await take(feed, undefined);
  const asked = async (): Promise<readonly unknown[]> => {
    const again = [];
    for (let time = 0; time < 4; time += 1) {
      const { numbers, ...seen } = await take(feed, next);
      expect(seen.gap).toBe(false);
      next = seen.next;
      again.push(numbers);
    }
    return again;
  };
  expect(await asked()).toEqual([[], [], [], []]);
  expect((await take(feed, undefined)).numbers).toEqual([1]);
  await appendFile(current, lines(2));
  expect(await asked()).toEqual([[2], [], [], []]);
  await rename(current, older);
  expect(await asked()).toEqual([[], [], [], []]);
  await writeFile(current, lines(3));
  expect(await asked()).toEqual([[3], [], [], []]);
  await rm(older);
  await writeFile(current, lines(4));
  const lost = await take(feed, next);
  expect(lost).toMatchObject({ numbers: [4], gap: true });
});

test("a torn line is left until it is whole, and the end is before it", async () => {
  const { feed, current } = await feedIn();
  await writeFile(current, `${lines(1)}${line(2).slice(0, 20)}`);
  const seen = await take(feed, undefined);
  expect(seen.numbers).toEqual([1]);
  expect(await feed.end()).toEqual(seen.next);
  await appendFile(current, line(2).slice(20));
  expect((await take(feed, seen.next)).numbers).toEqual([2]);
});

test("a file that was just rotated is not left behind while somebody may still write to it", async () => {
  const { feed, current, older } = await feedIn(() => now);
  await writeFile(older, lines(1));
  await writeFile(current, lines(3));
  // A file system's clock may be some milliseconds behind, and the machine busy.
  let now = (await stat(older)).mtimeMs + 100;
  const first = await take(feed, undefined);
  expect(first.numbers).toEqual([1]);
  await appendFile(older, lines(2));
  now += 10_000;
  expect((await take(feed, first.next)).numbers).toEqual([2, 3]);
});

test("after two rotations what is lost is told, and the rest comes from the oldest there is", async () => {
  const { feed, current, older } = await feedIn();
  await writeFile(current, lines(1, 2));
  const { next } = await take(feed, undefined, 1);
  await writeFile(older, lines(3));
  await writeFile(current, lines(4));
  await utimes(older, 1, 1);
  expect(await take(feed, next)).toMatchObject({ numbers: [3, 4], gap: true });
});

test("a log that somebody emptied goes on from its beginning", async () => {
  const { feed, current } = await feedIn();
  await writeFile(current, lines(1, 2, 3));
  const { next } = await take(feed, undefined);
  await writeFile(current, "");
  expect(await take(feed, next)).toMatchObject({ numbers: [], next });
  await appendFile(current, lines(4));
  expect(await take(feed, next)).toMatchObject({ numbers: [4], gap: true });
});
