import { expect, test } from "vitest";
import type { RawConfig } from "../../../src/domain/config/raw.ts";
import {
  type History,
  keptEntry,
  keptFor,
  keptTag,
  noHistory,
  outlivedTags,
  type PlacementRecord,
  recordsOf,
  withRecord,
} from "../../../src/domain/history/records.ts";
import { chooseRecord, planRollback } from "../../../src/domain/history/rollback.ts";
import { placement } from "../../fakes/config.ts";

function made(generation: number, parts: Partial<PlacementRecord> = {}): PlacementRecord {
  return {
    container: "web",
    node: "n1",
    generation,
    at: "2026-11-28T00:00:00.000Z",
    who: "me",
    cause: "pictl create",
    image: "web",
    imageId: `sha256:${String(generation)}`,
    digest: `d${String(generation)}`,
    outcome: "placed",
    ...parts,
  };
}

const of = (...records: PlacementRecord[]): History => records.reduce(withRecord, noHistory);

test("of each copy the last twenty are remembered, and others' stay", () => {
  const many = Array.from({ length: 30 }, (_, index) => made(index + 1));
  const history = of(made(1, { node: "n2" }), ...many, made(99, { container: "db" }));
  expect(recordsOf(history, { container: "web", node: "n1" }).map(({ generation }) => generation)).toEqual(
    Array.from({ length: 20 }, (_, index) => 30 - index),
  );
  expect(history.records).toHaveLength(22);
});

test("back to the last good version that differs: not to one that failed, nor to the same again", () => {
  const history = of(made(1), made(2), made(3, { outcome: "failed" }), made(4, { digest: "d2", imageId: "sha256:2" }));
  const place = { container: "web", node: "n1" };
  expect(chooseRecord(history, place, { current: 4 }).generation).toBe(1);
  expect(chooseRecord(history, place, { current: 2 }).generation).toBe(1);
  expect(chooseRecord(history, place, { current: 4, to: 2 }).generation).toBe(2);
  // Of another node's generation, what is of the same make here.
  const both = of(...history.records, made(8, { node: "n2", digest: "d1", imageId: "sha256:1" }));
  expect(chooseRecord(both, place, { current: 4, to: 8 }).generation).toBe(1);
  expect(() => chooseRecord(history, place, { current: 1 })).toThrow(
    "This machine remembers no other version of web on n1.",
  );
  expect(() => chooseRecord(history, place, { current: 4, to: 3 })).toThrow("no placement 3");
});

test("nothing that may be a password is kept", () => {
  const env = { TZ: "UTC", DB_PASSWORD: "hunter2", API_TOKEN: "hunter2" };
  const kept = keptEntry(placement("web", "n1", { args: ["-p", "80:80"], env, secrets: {} }));
  expect(kept).toEqual({ args: ["-p", "80:80"], env: { TZ: "UTC" }, hidden: ["DB_PASSWORD", "API_TOKEN"] });
  expect(keptEntry(placement("web", "n1", { args: ["-e", "PASSWORD=hunter2"] }))).toBeUndefined();
  expect(JSON.stringify(keptEntry(placement("web", "n1", { command: ["run", "--url", "x://a:hunter2@b"] })))).toBe(
    undefined,
  );
});

test("an image of before has a tag of its own, of which the last two are kept", () => {
  expect([keptTag("web", 5), keptTag("Web", 5), keptTag("web", 0)]).toEqual(["web:pictl-5", undefined, undefined]);
  expect([keptFor("web:pictl-5"), keptFor("web:5"), keptFor("a/web:pictl-5")]).toEqual([
    { container: "web", generation: 5 },
    undefined,
    undefined,
  ]);
  const tags = ["web:latest", "web:pictl-9", "web:pictl-10", "web:pictl-2", "db:pictl-1"];
  expect(outlivedTags(tags, "web")).toEqual(["web:pictl-2"]);
});

const raw = (entry: unknown): RawConfig => ({ layout: [{ node: "n1", web: entry }] }) as RawConfig;

test.each([
  ["-p 80:80", { image: "web:pictl-1" }, 'layout[0].web: "-p 80:80" → {"args":"-p 81:81","image":"web:pictl-1"}'],
  ["-p 80:80", { image: undefined }, 'layout[0].web: "-p 80:80" → "-p 81:81"'],
])("an entry that is a text: %j", (entry, { image }, expected) => {
  const edits = planRollback(raw(entry), placement("web", "n1", { args: ["-p", "80:80"] }), {
    entry: { args: ["-p", "81:81"], env: {}, hidden: [] },
    image,
  });
  expect(edits.map(({ text }) => text)).toEqual([expected]);
});

test("an entry that is an object keeps what it says beside, and its own passwords", () => {
  const entry = { args: "-p 80:80", image: "web:2", env: { V: "2", PASSWORD: "hunter3" }, patience: 9 };
  const edits = planRollback(raw(entry), placement("web", "n1", { args: ["-p", "80:80"] }), {
    entry: { args: ["-p", "80:80"], image: "web:1", env: { V: "1" }, hidden: ["PASSWORD"] },
    image: "web:1",
  });
  expect(edits.map(({ edit }) => edit)).toEqual([
    { op: "set", path: ["layout", 0, "web", "image"], value: "web:1" },
    { op: "set", path: ["layout", 0, "web", "env"], value: { V: "1", PASSWORD: "hunter3" } },
  ]);
});
