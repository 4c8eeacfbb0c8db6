import { expect, test } from "vitest";
import { ship, type ShipInput } from "../../../src/app/elastic/ship.ts";
import type { SavedShipping, Stored } from "../../../src/app/ports.ts";
import { buildConfig } from "../../../src/domain/config/build.ts";
import { PictlError } from "../../../src/domain/errors.ts";

const { config } = buildConfig(
  { cluster: "blue", elasticsearch: "https://es:9200" },
  { resolvePath: (path) => path, defaultStateDir: "/nowhere" },
);

const forbidden = new PictlError("elasticsearch-forbidden", "Das darf sie nicht.");

/** A log of so many events, and an Elasticsearch that stores, and answers other questions with an error. */
function shipping(
  events: number,
  {
    refusal = forbidden,
    words = "",
    rotated = false,
    known = () => Promise.reject(refusal),
    stores = (ids: readonly string[]): readonly Stored[] => ids.map(() => ({ state: "stored" })),
  }: {
    readonly refusal?: PictlError;
    /** Each event has them thrice. */
    readonly words?: string;
    readonly rotated?: boolean;
    readonly known?: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
    readonly stores?: (ids: readonly string[]) => readonly Stored[];
  } = {},
) {
  const requests: (readonly string[])[] = [];
  const saved: SavedShipping[] = [];
  let locked = 0;
  const input: ShipInput = {
    elastic: {
      store: (documents) => {
        const ids = documents.map(({ id }) => id);
        requests.push(ids);
        return Promise.resolve(stores(ids));
      },
      known: (_stream, ids) => known(ids),
      putTemplates: () => Promise.reject(refusal),
      events: () => {
        throw refusal;
      },
      close: () => Promise.resolve(),
    },
    feed: {
      end: () => Promise.resolve(undefined),
      after: (position, limit) => {
        const from = position?.at ?? 0;
        const to = Math.min(events, from + limit);
        const entries = Array.from({ length: to - from }, (_, index) => ({
          event: { time: "2026-01-31T10:00:00.000Z", type: "container.moved", who: "root@here", cause: words },
          file: "f",
          at: from + index,
        }));
        return Promise.resolve({ entries, next: { file: "f", at: to }, gap: rotated && position === undefined });
      },
    },
    state: {
      read: () => Promise.resolve(saved.at(-1)),
      write: (state) => {
        saved.push(state);
        return Promise.resolve();
      },
    },
    lock: () => {
      locked += 1;
      return Promise.resolve({ release: () => Promise.resolve(void (locked -= 1)) });
    },
    version: "1.2.3",
  };
  const section = config.elasticsearch;
  if (!section) throw new Error("no Elasticsearch in the config");
  const run = async ({ answered = false } = {}) => {
    try {
      return await ship({ config, section, waitMs: 0, answered }, input, new AbortController().signal);
    } finally {
      expect(locked).toBe(0);
    }
  };
  return { run, requests, saved, sizes: () => requests.map(({ length }) => length) };
}

test("a login that may write and no more ships everything, whatever the refusal's words are", async () => {
  const { run, requests, sizes, saved } = shipping(1200);
  expect(await run()).toEqual({ events: 1200, refused: [], gap: false });
  expect([sizes(), new Set(requests.flat()).size]).toEqual([[500, 500, 200], 1200]);
  expect(saved.map(({ position }) => position?.at)).toEqual([500, 1000, 1200]);
  // Nothing new: nothing is sent, and nothing is written on the disk.
  expect(await run()).toEqual({ events: 0, refused: [], gap: false });
  expect([requests.length, saved.length]).toEqual([3, 3]);
});

test("another refusal ends it before anything is sent", async () => {
  const refusal = new PictlError("elasticsearch-failed", "It said HTTP 403.");
  const { run, requests, saved } = shipping(3, { refusal });
  await expect(run()).rejects.toMatchObject({ code: "elasticsearch-failed" });
  expect([requests, saved]).toEqual([[], []]);
});

test("long events go in several requests, since Elasticsearch takes none that is too large; what is too long goes alone", async () => {
  const long = shipping(9, { words: "x".repeat(500_000) });
  expect(await long.run()).toMatchObject({ events: 9 });
  expect([long.sizes(), new Set(long.requests.flat()).size]).toEqual([[2, 2, 2, 2, 1], 9]);
  const longer = shipping(2, { words: "x".repeat(1_700_000) });
  expect(await longer.run()).toMatchObject({ events: 2 });
  expect(longer.sizes()).toEqual([1, 1]);
});

test("what an earlier try has left there is not sent again, and that is asked of the first batch of a process alone", async () => {
  const asked: number[] = [];
  const known = (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    asked.push(ids.length);
    return Promise.resolve(new Set(ids.slice(0, 2)));
  };
  const first = shipping(700, { known });
  expect(await first.run()).toMatchObject({ events: 700 });
  expect([asked.splice(0), first.sizes()]).toEqual([[500], [498, 200]]);
  const later = shipping(700, { known });
  expect(await later.run({ answered: true })).toMatchObject({ events: 700 });
  expect([asked, later.sizes()]).toEqual([[], [500, 200]]);
  const broken = shipping(3, { known: () => Promise.reject(new PictlError("elasticsearch-failed", "Broken.")) });
  await expect(broken.run()).rejects.toThrow("Broken.");
  expect([broken.requests, broken.saved]).toEqual([[], []]);
});

test("what is never taken is told and left behind; what is not taken now is sent again", async () => {
  const refusing = shipping(3, {
    rotated: true,
    stores: (ids) =>
      ids.map((_, index) => (index === 1 ? { state: "refused", reason: "too odd" } : { state: "stored" })),
  });
  expect(await refusing.run()).toEqual({ events: 2, refused: ["too odd"], gap: true });
  expect(refusing.saved).toEqual([{ position: { file: "f", at: 3 } }]);
  const busy = shipping(3, {
    stores: (ids) =>
      ids.map((_, index) => (index === 2 ? { state: "busy", status: 429, reason: "full" } : { state: "stored" })),
  });
  await expect(busy.run()).rejects.toMatchObject({ code: "elasticsearch-failed" });
  expect(busy.saved).toEqual([]);
});
