import { expect, test } from "vitest";
import { sizeNursery } from "../../src/daemon/nursery.ts";

test("the nursery grows where there are many nodes, and stays small where there are few", () => {
  const flags = (nodes: number): readonly string[] => {
    const set: string[] = [];
    sizeNursery(nodes, (each) => set.push(each));
    return set;
  };
  expect(flags(1)).toEqual([]);
  expect(flags(99)).toEqual([]);
  expect(flags(100)).toEqual(["--semi-space-growth-factor=2"]);
  expect(flags(960)).toEqual(["--semi-space-growth-factor=2"]);
});
