import { describe, expect, it } from "vitest";
import { runSchedule } from "./schedule.ts";

describe("a virtual IP in lease mode under a virtual clock", () => {
  it("is never on two nodes at one instant, and on one in the end", { timeout: 60_000 }, () => {
    const verdicts = Array.from({ length: 3000 }, (_, index) => runSchedule(index + 1));
    expect(verdicts.filter(({ broken }) => broken !== undefined)).toEqual([]);
    expect(verdicts.filter(({ held }) => !held).map(({ seed }) => seed)).toEqual([]);
  });

  it("is replayed by its seed", () => {
    expect(runSchedule(7, true)).toEqual(runSchedule(7, true));
  });
});
