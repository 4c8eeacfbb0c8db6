import { expect, test } from "vitest";
import { ship, type ShipInput } from "../../../src/app/elastic/ship.ts";
import type { SavedShipping } from "../../../src/app/ports.ts";
import { buildConfig } from "../../../src/domain/config/build.ts";
import { PictlError } from "../../../src/domain/errors.ts";

const { config } = buildConfig(
  { cluster: "blue", elasticsearch: "https://es:9200" },
  { resolvePath: (path) => path, defaultStateDir: "/nowhere" },
);

/** A log of so many events and an Elasticsearch whose questions beside `store` are answered with an error. */
function shipping(events: number, refusal: PictlError) {
  const stored: string[] = [];
  const saved: (SavedShipping | undefined)[] = [];
  const input: ShipInput = {
    elastic: {
      store: (documents) => {
        stored.push(...documents.map(({ id }) => id));
        return Promise.resolve(documents.map(() => ({ state: "stored" })));
      },
      known: () => Promise.reject(refusal),
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
          event: { time: "2026-01-31T10:00:00.000Z", type: "container.moved", who: "root@here" },
          file: "f",
          at: from + index,
        }));
        return Promise.resolve({ entries, next: { file: "f", at: to }, gap: false });
      },
    },
    state: {
      read: () => Promise.resolve(saved.at(-1)),
      write: (state) => {
        saved.push(state);
        return Promise.resolve();
      },
    },
    lock: () => Promise.resolve({ release: () => Promise.resolve() }),
    version: "1.2.3",
  };
  const section = config.elasticsearch;
  if (!section) throw new Error("no Elasticsearch in the config");
  const run = () => ship({ config, section, waitMs: 0, answered: false }, input, new AbortController().signal);
  return { run, stored, saved };
}

test("a login that may write and no more ships everything, whatever the refusal's words are", async () => {
  const { run, stored, saved } = shipping(1200, new PictlError("elasticsearch-forbidden", "Das darf sie nicht."));
  expect(await run()).toEqual({ events: 1200, refused: [], gap: false });
  expect([new Set(stored).size, saved.at(-1)]).toEqual([1200, { position: { file: "f", at: 1200 } }]);
});

test("another refusal ends it before anything is sent", async () => {
  const { run, stored, saved } = shipping(3, new PictlError("elasticsearch-failed", "It said HTTP 403."));
  await expect(run()).rejects.toMatchObject({ code: "elasticsearch-failed" });
  expect([stored, saved]).toEqual([[], []]);
});
