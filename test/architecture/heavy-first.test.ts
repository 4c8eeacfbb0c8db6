import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { seconds } from "../config/heavy-first.ts";

test("what is begun first are files that there are", () => {
  const endings = [".test.ts", ".lab.test.ts"];
  const gone = Object.keys(seconds).filter((name) => !endings.some((ending) => existsSync(`test/${name}${ending}`)));
  expect(gone).toEqual([]);
});
