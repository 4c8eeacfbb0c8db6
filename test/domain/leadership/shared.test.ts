import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import {
  difference,
  keepCommand,
  layoutOf,
  maxSharedBytes,
  newest,
  parseShared,
  recallCommand,
  type Shared,
} from "../../../src/domain/leadership/shared.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

const shared: Shared = {
  epoch: 4,
  count: 2,
  layout: { db: ["n2"], web: ["n1", "n2"] },
  generation: 1_800_000_000,
  moves: [{ container: "db", from: "n1", nodeDead: true, moved: true, at: 1_800_000_000_000 }],
};

test("a layout is which container belongs where, in whatever order the file has it", () => {
  const placements = [
    { container: "web", node: "n2" },
    { container: "db", node: "n2" },
    { container: "web", node: "n1" },
  ];
  expect(layoutOf(placements)).toEqual(shared.layout);
  expect(JSON.stringify(layoutOf([...placements].reverse()))).toBe(JSON.stringify(shared.layout));
  expect(difference(shared.layout, { db: ["n9"], web: [] })).toBeUndefined();
  expect(difference(shared.layout, { db: ["n2"], api: ["n1"] })).toEqual({ gone: ["web"], unknown: ["api"] });
});

test("the latest counts, and what is nothing of ours does not", () => {
  const later = { ...shared, epoch: 5, count: 1 };
  expect(newest([shared, undefined, later, { ...shared, count: 9 }])).toBe(later);
  expect(newest([undefined])).toBeUndefined();
  expect(parseShared(JSON.stringify(shared))).toEqual(shared);
  const damaged = [
    "",
    "{",
    "[]",
    "null",
    JSON.stringify({ ...shared, layout: { web: "n1" } }),
    JSON.stringify({ ...shared, epoch: "4" }),
    "[".repeat(100_000),
    " ".repeat(2 * maxSharedBytes),
  ];
  for (const text of damaged) expect(parseShared(text)).toBeUndefined();
  expect(parseShared(JSON.stringify({ ...shared, moves: [{ container: 1 }, ...shared.moves] }))).toEqual(shared);
});

test.skipIf(process.getuid?.() !== 0)("a node keeps it, for root alone", () => {
  const cluster = `test-shared-${process.pid.toString()}`;
  const folder = `/var/lib/pictl/${cluster}`;
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (command: Command, input = ""): { status: number | null; stdout: string } =>
    spawnSync("sh", ["-c", render(command)], { input, encoding: "utf8" });
  expect(run(recallCommand(cluster))).toMatchObject({ status: 0, stdout: "" });
  // The guard before it makes the folder.
  expect(run(keepCommand(cluster), "x").status).not.toBe(0);
  mkdirSync(folder, { recursive: true });
  for (const text of ["first", JSON.stringify(shared)]) {
    expect(run(keepCommand(cluster), text)).toMatchObject({ status: 0, stdout: "" });
    expect(run(recallCommand(cluster))).toMatchObject({ status: 0, stdout: text });
  }
  expect(statSync(`${folder}/shared`).mode & 0o777).toBe(0o600);
});
