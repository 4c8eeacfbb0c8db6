import { describe, expect, it } from "vitest";
import { runSchedule, type Verdict } from "./schedule.ts";

/** Milliseconds. `npm run mutate` runs it with less, again and again. */
const budgetMs = Number(process.env["SIM_BUDGET"] ?? 20_000);

describe("daemons that keep a virtual IP, under a virtual clock", () => {
  /** `npm run sim:vip` does a hundred thousand; here as many as fit into the time, and never fewer than 60. */
  it(
    "as a lease is never on two nodes at one instant, and in the end on one in either mode",
    { timeout: 240_000 },
    async () => {
      const until = performance.now() + budgetMs;
      const verdicts: Verdict[] = [];
      for (let seed = 1; seed <= 60 || (performance.now() < until && seed < 3000); seed++) {
        const verdict = await runSchedule(seed);
        expect(verdict, `npm run sim:vip -- --seed ${String(seed)} --trace`).toMatchObject({
          broken: undefined,
          held: true,
        });
        verdicts.push(verdict);
      }
      // Of two controllers one took over from the other, or nothing was shown of that.
      expect(verdicts.filter(({ givers }) => givers > 1).length).toBeGreaterThan(verdicts.length / 20);
    },
  );

  it("as a lease is on one node where the leader's nodes change just as it stops", async () => {
    expect(await runSchedule(8_029_457)).toMatchObject({ broken: undefined, held: true });
  });

  it("is replayed by its seed", { timeout: 60_000 }, async () => {
    expect(await runSchedule(7, true)).toEqual(await runSchedule(7, true));
  });
});
