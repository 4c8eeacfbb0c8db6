import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSharedState } from "../../../src/adapters/state/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pictl-state-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("no change of a shared state is lost, however many are made at once", async () => {
  const path = join(folder, "state", "numbers.json");
  const state = openSharedState<readonly number[]>(path);
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  await Promise.all(numbers.map((each) => state.update((before = []) => [...before, each])));
  expect(await state.read()).toEqual(numbers);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(numbers);
});

test("a change that fails is told to who made it, and holds up nobody", async () => {
  const state = openSharedState<number>(join(folder, "number.json"));
  const failing = state.update(() => {
    throw new RangeError("no");
  });
  const next = state.update((before = 0) => before + 1);
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe(1);
});

test("what is not changed is not written", async () => {
  const path = join(folder, "number.json");
  const state = openSharedState<number>(path);
  await state.update(() => 1);
  const written = statSync(path).ino;
  expect(await state.update((before = 0) => before)).toBe(1);
  expect(statSync(path).ino).toBe(written);
  await state.update(() => 2);
  expect(statSync(path).ino).not.toBe(written);
});
