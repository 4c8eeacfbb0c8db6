import { expect, test } from "vitest";
import { buildConfig } from "../../../../src/domain/config/build.ts";
import type { RawContainer } from "../../../../src/domain/config/raw.ts";

function built(row: Readonly<Record<string, RawContainer>>) {
  const layout = [{ node: "n1", ...row }];
  const { config, findings } = buildConfig({ layout }, { resolvePath: (path) => path, defaultStateDir: "/state" });
  const told = findings
    .filter(({ severity }) => severity === "error")
    .map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { told, placements: config.placements };
}

test("what comes after what, how long it may take, and how many at once", () => {
  const { told, placements } = built({
    web: { image: "web", after: ["db", "db"], patience: 120, update: { at_once: "25%", swap: "stop-first" } },
    db: { image: "db", update: { at_once: 2 } },
  });
  expect(told).toEqual([]);
  expect(placements).toMatchObject([
    { after: ["db"], patienceMs: 120_000, update: { atOnce: { percent: 25 }, swap: "stop-first" } },
    { update: { atOnce: 2 } },
  ]);
});

test("a name that the layout does not have is an error, with the one that may be meant", () => {
  expect(built({ web: { image: "web", after: ["databse"] }, database: { image: "db" } }).told).toEqual([
    'layout.0.web.after.0: the layout has no container "databse"; did you mean "database"?',
  ]);
});

test("containers that wait for each other are an error, and so is one that waits for itself", () => {
  const row = {
    web: { image: "w", after: ["api"] },
    api: { image: "a", after: ["db"] },
    db: { image: "d", after: ["web"] },
  };
  expect(built(row).told).toEqual([
    "layout.0.web.after.0: these wait for each other: web, api, db, web; take one out",
    "layout.0.api.after.0: these wait for each other: api, db, web, api; take one out",
    "layout.0.db.after.0: these wait for each other: db, web, api, db; take one out",
  ]);
  expect(built({ web: { image: "w", after: ["web"] } }).told).toEqual([
    "layout.0.web.after.0: these wait for each other: web, web; take one out",
  ]);
});

test("a long chain is no circle, and is not searched again from each of its ends", () => {
  const row = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [
      `c${index}`,
      { image: "i", after: index === 0 ? [] : [`c${index - 1}`] },
    ]),
  );
  expect(built(row).told).toEqual([]);
}, 5000);

test("of a long circle the beginning and the end are told", () => {
  const row = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`c${index}`, { image: "i", after: [`c${(index + 1) % 1000}`] }]),
  );
  const { told } = built(row);
  expect(told).toHaveLength(1000);
  expect(told[0]).toBe(
    "layout.0.c0.after.0: these wait for each other: c0, c1, c2, c3, c4, c5, c6, c7, c8, … (990 more), c999, c0; take one out",
  );
}, 5000);
