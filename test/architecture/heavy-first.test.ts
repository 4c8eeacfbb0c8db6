import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { seconds } from "../config/heavy-first.ts";

test("what is begun first are files that there are", () => {
  const endings = [".test.ts", ".lab.test.ts"];
  const isThere = (name: string): boolean =>
    endings.some((ending) => existsSync(new URL(`../${name}${ending}`, import.meta.url)));
  const gone = Object.keys(seconds).filter((name) => !isThere(name));
  expect(gone).toEqual([]);
});
