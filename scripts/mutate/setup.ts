/** For each file of tests: which mutants' places it has come by. One line a file in `PICTL_HITS`. */
import { appendFileSync } from "node:fs";
import { afterAll, beforeAll, expect } from "vitest";

declare global {
  var pictlHit: ((id: string) => void) | undefined;
}

const where = process.env["PICTL_HITS"];
const reached = new Set<string>();
if (where !== undefined) globalThis.pictlHit = (id) => reached.add(id);

let begun = 0;
beforeAll(() => {
  begun = Date.now();
});
afterAll(() => {
  if (where === undefined) return;
  const test = expect.getState().testPath;
  appendFileSync(where, `${JSON.stringify({ test, ms: Date.now() - begun, reached: [...reached] })}\n`);
});
