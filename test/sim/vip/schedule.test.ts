import { describe, expect, it } from "vitest";
import { runSchedule } from "./schedule.ts";

describe("a virtual IP in lease mode under a virtual clock", () => {
  it("is never on two nodes at one instant, and on one in the end", { timeout: 120_000 }, () => {
    const verdicts = Array.from({ length: 2000 }, (_, index) => runSchedule(index + 1));
    expect(verdicts.filter(({ broken }) => broken !== undefined)).toEqual([]);
    expect(verdicts.filter(({ held }) => !held).map(({ seed }) => seed)).toEqual([]);
    // Of two controllers one took over from the other, or nothing was shown of that.
    expect(verdicts.filter(({ givers }) => givers > 1).length).toBeGreaterThan(100);
  });

  it("is replayed by its seed", () => {
    expect(runSchedule(7, true)).toEqual(runSchedule(7, true));
  });
});
