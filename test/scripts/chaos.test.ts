import { expect, test } from "vitest";
import type { Outcome } from "../../scripts/chaos/episode.ts";
import { kinds } from "../../scripts/chaos/kinds.ts";
import { planEpisode, profiles, type Step } from "../../scripts/chaos/plan.ts";
import { report } from "../../scripts/chaos/report.ts";

const faultsIn = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.do === "fault" ? [step.kind.name, ...(step.also ? [step.also.kind.name] : [])] : []));

test("a plan follows from its seed, has as many faults as asked for, and all kinds come up", () => {
  expect(planEpisode(7, 20, undefined)).toEqual(planEpisode(7, 20, undefined));
  expect(planEpisode(7, 20, undefined).steps).not.toEqual(planEpisode(8, 20, undefined).steps);
  const plans = Array.from({ length: 40 }, (_, seed) => planEpisode(seed, 20, undefined));
  expect(new Set(plans.map(({ steps }) => faultsIn(steps).length))).toEqual(new Set([20]));
  expect(new Set(plans.flatMap(({ steps }) => faultsIn(steps)))).toEqual(new Set(kinds.map(({ name }) => name)));
  expect(new Set(plans.map(({ profile }) => profile))).toEqual(new Set(profiles));
});

test("a report says what is above its limit, and how often two nodes had what one may have", () => {
  const outcome: Outcome = {
    plan: planEpisode(1, 2, profiles[0]),
    faults: ["holder dead", "holder dead"],
    takeoversMs: [9000, 11_500],
    movesMs: [0, 400],
    recoveriesMs: [80],
    doubledMs: [300],
    broken: ["4.000 s two-holders: n1 and n2 both had the virtual address for 0.300 s"],
    history: "",
  };
  expect(report([outcome])).toEqual([
    "2 faults in 1 episodes",
    "     2  holder dead",
    "",
    "two holders, lease: 1 that must not be; 1 in all, with those by hand, the longest 0.30 s",
    "takeover, lease 6 s: n 2, p50 9.00 s, p95 11.50 s, max 11.50 s (limit 11.00 s)  ABOVE",
    "lost by a planned move: n 2, p50 0.00 s, p95 0.40 s, max 0.40 s (limit 0.50 s at p95)",
    "a client's recovery after a grant: n 1, p50 0.08 s, p95 0.08 s, max 0.08 s (limit 0.50 s)",
  ]);
});
