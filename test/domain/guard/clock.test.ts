import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ClockSample, deadlineOn, readClock, tellClock, whyNoClock } from "../../../src/domain/guard/clock.ts";
import { shells, whyNoGuard } from "../../support/guard.ts";
import { PrivateNode, root } from "../../support/private-node.ts";

describe("a node's clock", () => {
  const sample: ClockSample = { bootId: "b", uptimeMs: 1_000_000, at: 5_000 };

  test.each([
    ["ten seconds later, less 5 ms of drift", 15_000, 100_999],
    ["at once", 5_000, 100_000],
    ["in the past", 4_000, 99_899],
  ])("a deadline %s", (_what, until, expected) => {
    expect(deadlineOn(sample, until)).toBe(expected);
  });

  test("a deadline never falls later than the moment it stands for, however late the sample arrived", () => {
    fc.assert(
      fc.property(
        fc.record({
          drift: fc.double({ min: -500e-6, max: 500e-6, noNaN: true }),
          delay: fc.double({ min: 0, max: 60_000, noNaN: true }),
          ahead: fc.double({ min: 0, max: 600_000, noNaN: true }),
          start: fc.nat(1e9),
        }),
        ({ drift, delay, ahead, start }) => {
          // The node's clock at our time t, its sample read at 0 and here at `delay`.
          const uptimeAt = (t: number): number => start + t * (1 + drift);
          const read = Math.floor(uptimeAt(0) / 10) * 10;
          const until = delay + ahead;
          const deadline = deadlineOn({ bootId: "b", uptimeMs: read, at: delay }, until) * 10;
          expect(deadline).toBeLessThanOrEqual(uptimeAt(until) + 1e-6);
        },
      ),
    );
  });

  test.each([
    ["clock 0b7d9a3e-1111-4222-8333-94a5b6c7d8e9 12345.67", { uptimeMs: 12_345_670 }],
    ["root\nclock 0b7d9a3e-1111 0.05\n", { uptimeMs: 50 }],
    ["clock 0b7d9a3e-1111 ", undefined],
    ["", undefined],
  ])("reads %j", (text, expected) => {
    if (expected) expect(readClock(text, 1)).toMatchObject(expected);
    else expect(readClock(text, 1)).toBeUndefined();
  });

  describe.skipIf(whyNoGuard).each(shells)("told by $name", ({ words }) => {
    test.each([
      [undefined, undefined],
      ["/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/random/boot_id"],
      ["/proc/uptime", "/proc/uptime"],
    ])("an empty %s is named", async (hidden, named) => {
      const node = await PrivateNode.start();
      onTestFinished(() => node.stop());
      if (hidden !== undefined) node.run(root, `: >/tmp/empty; mount --bind /tmp/empty ${hidden}`);
      const stdout = node.run(root, `${words.join(" ")} -c '${tellClock.replaceAll("'", "'\\''")}'`);
      if (named === undefined) expect(readClock(stdout, 1)).toMatchObject({ at: 1 });
      else expect([readClock(stdout, 1), whyNoClock(stdout).why]).toEqual([undefined, expect.stringContaining(named)]);
    });
  });

  test("what says nothing of a clock is told so", () => {
    expect(whyNoClock("This account is not available.\n").why).toBe("did not tell its clock");
  });
});
