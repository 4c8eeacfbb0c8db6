import { expect, test } from "vitest";
import { checkPeriod } from "../../../src/domain/vip/period.ts";

test.each([
  ["static", 15_000, 60_000, true],
  ["lease", 15_000, 60_000, false],
  ["lease", 180_000, 60_000, false],
  ["lease", 180_001, 60_000, true],
  ["lease", 31_000, 10_000, true],
] as const)("%s, a lease of %d ms, a round every %d ms", (mode, leaseMs, everyMs, fits) => {
  const check = () => {
    checkPeriod({ ip: "10.0.0.9", mode, leaseMs }, everyMs);
  };
  if (fits) expect(check).not.toThrow();
  else expect(check).toThrow(/must be longer than three rounds/);
});
