import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { GuardModel } from "../support/guard-model.ts";
import { GuardedNode, shells, whyNoGuard } from "../support/guard.ts";

type Step =
  | { readonly do: "age"; readonly seconds: number }
  | { readonly do: "reboot" }
  | { readonly do: "claim"; readonly epoch: number; readonly owner: string; readonly ttl: number; readonly marks: string; readonly electorate: string }
  | { readonly do: "run"; readonly epoch: number; readonly owner: string };

const epoch = fc.integer({ min: 0, max: 4 });
const owner = fc.constantFrom("a", "b");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("age" as const), seconds: fc.constantFrom(500, 1100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reboot" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("claim" as const), epoch, owner, ttl: fc.constantFrom(1000, 2000), marks: fc.constantFrom("", "-", "x", "x,@=n1"), electorate: fc.constantFrom("", "@=n1", "@=n1+n2") }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("run" as const), epoch: fc.integer({ min: 1, max: 4 }), owner }) },
);

// Times are in steps of hundreds of seconds, so that the seconds the real one takes make no difference.
const rounded = (seconds: number): number => Math.round(seconds / 100) * 100;

describe.skipIf(whyNoGuard).each(shells)("the model of guard.sh and the real one under $name", ({ words }) => {
  const nodes: GuardedNode[] = [];
  afterEach(() => {
    for (const node of nodes.splice(0)) node.forget();
  });

  test("say the same, whatever they are asked", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 12 }), (steps) => {
        const real = new GuardedNode(words);
        nodes.push(real);
        const model = new GuardModel();
        let uptime = 0;
        for (const each of steps) {
          if (each.do === "age") {
            uptime += each.seconds * 1000;
            real.age(each.seconds);
          } else if (each.do === "reboot") {
            model.reboot();
            real.reboot();
          } else if (each.do === "claim") {
            const said = model.claim(uptime, { ...each, ttl: each.ttl * 1000 });
            if (typeof said === "string") throw new Error(said);
            const { claimed, epoch, owner, left, markedAt, marks } = said;
            const [answer, ...rest] = real.claim(each).split(" ");
            expect([answer, ...rest.slice(0, 2), rounded(Number(rest[2]))]).toEqual([
              claimed ? "claimed" : "refused",
              String(epoch),
              owner,
              rounded(left / 1000),
            ]);
            expect(real.remembers()).toBe(`${String(markedAt)} ${marks}`);
          } else {
            const said = model.run(uptime, { fence: each });
            const { code } = real.run(each);
            expect(code === 0 ? "run" : code === 182 ? "superseded" : code).toBe(said);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
