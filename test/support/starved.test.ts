import { expect, test } from "vitest";
import { isTooBusy, watched, watchMachine, whyTooBusy } from "./starved.ts";

test.each([
  ["at rest", { ms: 2000, waitedMs: 100, lateMs: 3 }, undefined],
  ["in a test that counts no seconds", { ms: 20, waitedMs: 20, lateMs: 0 }, undefined],
  [
    "with more to do than processors",
    { ms: 2000, waitedMs: 1900, lateMs: 40 },
    "waited for a processor in 95 % of this test's 2.0 s",
  ],
  ["that stood still", { ms: 2000, waitedMs: 0, lateMs: 1500 }, "a tick of 100 ms was up to 1500 ms late"],
])("a machine %s", (_, seen, told) => {
  if (told === undefined) expect(whyTooBusy(seen)).toBeUndefined();
  else expect(whyTooBusy(seen)).toContain(told);
});

test("a test that keeps its own thread busy makes no tick late", () => {
  const tooBusy = watchMachine();
  const until = performance.now() + 1500;
  while (performance.now() < until);
  expect(tooBusy() ?? "").not.toMatch(/up to 1[0-9]{3} ms late/);
});

test("a lab that does not come up on such a machine says so first", async () => {
  const fails = () => Promise.reject(new Error("dockerd did not answer within 20 s"));
  const why = whyTooBusy({ ms: 20_000, waitedMs: 20_000, lateMs: 0 });
  const told = (watch: typeof watchMachine) => watched(fails, watch).catch((error: unknown) => String(error));
  expect(isTooBusy((await told(() => () => why)).replace("Error: ", ""))).toBe(true);
  expect(await told(() => () => undefined)).toBe("Error: dockerd did not answer within 20 s");
});
