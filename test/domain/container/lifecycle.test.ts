import { describe, expect, test } from "vitest";
import { type LifecycleAction, planLifecycle } from "../../../src/domain/container/lifecycle.ts";
import {
  believedGeneration,
  latestBelieved,
  nextGeneration,
  ours,
} from "../../../src/domain/container/copies/ownership.ts";
import type { ContainerState } from "../../../src/domain/docker/facts.ts";
import { render } from "../../../src/domain/shell.ts";
import { containerFacts } from "../../fakes/facts.ts";

function planned(action: LifecycleAction, state: ContainerState | undefined, graceSeconds?: number): string {
  const facts = state === undefined ? undefined : containerFacts({ state });
  const plan = planLifecycle(action, "web", { facts, graceSeconds });
  return `${plan.commands.map(render).join(", ") || plan.why}${plan.watch ? ", watched" : ""}`;
}

describe("what an action does to a container in each state", () => {
  test.each([
    ["start", "exited", "docker container start web, watched"],
    ["start", "created", "docker container start web, watched"],
    ["start", "running", "runs already"],
    ["start", "restarting", "runs already, watched"],
    ["start", "paused", "docker container unpause web"],
    ["stop", "running", "docker container stop web"],
    ["stop", "paused", "docker container stop web"],
    ["stop", "restarting", "docker container stop web"],
    ["stop", "exited", "is stopped already"],
    ["stop", undefined, "is not there"],
    ["restart", "exited", "docker container restart web, watched"],
    ["restart", "running", "docker container restart web, watched"],
    ["delete", "running", "docker container stop web, docker container rm --force web"],
    ["delete", "restarting", "docker container stop web, docker container rm --force web"],
    ["delete", "exited", "docker container rm --force web"],
    ["delete", undefined, "is not there"],
  ] as const)("%s of one that is %s: %s", (action, state, expected) => {
    expect(planned(action, state)).toBe(expected);
  });

  test.each([
    ["stop", 7, "docker container stop --time 7 web"],
    ["restart", 0, "docker container restart --time 0 web, watched"],
    ["delete", 90, "docker container stop --time 90 web, docker container rm --force web"],
    ["delete", 0, "docker container rm --force web"],
  ] as const)("%s with a grace of %i s: %s", (action, graceSeconds, expected) => {
    expect(planned(action, "running", graceSeconds)).toBe(expected);
  });

  test.each(["start", "restart"] as const)("%s of one that is not there is an error", (action) => {
    expect(() => planned(action, undefined)).toThrow(expect.objectContaining({ code: "container-missing" }) as Error);
  });
});

describe("whose container it is", () => {
  test("ours is found by its whole name", () => {
    const web = containerFacts({ name: "web" });
    expect(ours([containerFacts({ name: "web2" }), web], "web", "test")).toBe(web);
    expect(ours([containerFacts({ name: "web2" })], "web", "test")).toBeUndefined();
  });

  test.each([
    [{}, "that pictl did not make"],
    [{ "io.pictl.cluster": "other" }, 'belongs to the pictl cluster "other"'],
  ])("labels %j: refused", (labels, words) => {
    expect(() => ours([containerFacts({ labels })], "web", "test")).toThrow(
      expect.objectContaining({
        code: "container-foreign",
        message: expect.stringContaining(words) as string,
      }) as Error,
    );
  });
});

test("a new copy is younger than every copy seen, and than one on a node that does not answer", () => {
  const copy = (generation: string) => containerFacts({ labels: { "io.pictl.generation": generation } });
  const nowMs = 1_700_000_000_500;
  expect(nextGeneration([], { nowMs, last: 0 })).toBe(1_700_000_000);
  expect(nextGeneration([undefined, copy("1700000009")], { nowMs, last: 0 })).toBe(1_700_000_010);
  expect(nextGeneration([copy("nonsense"), copy("-3")], { nowMs, last: 0 })).toBe(1_700_000_000);
  expect(nextGeneration([copy("1700000009")], { nowMs: 0, last: 1_700_000_020 })).toBe(1_700_000_021);
});

test("a generation that nobody can have given is not believed, and the next one is not greater than it", () => {
  const copy = (generation: string) => containerFacts({ labels: { "io.pictl.generation": generation } });
  const nowMs = 1_795_000_000_000;
  const latest = latestBelieved(nowMs, 0);
  const seen = ["1795086400", "1795086401", "9007199254740991", "1e99", "", "-1"];
  expect(seen.map((label) => believedGeneration(copy(label), latest))).toEqual([
    1_795_086_400,
    ...Array.from({ length: 5 }, () => undefined),
  ]);
  expect(nextGeneration([copy("9007199254740990")], { nowMs, last: 0 })).toBe(1_795_000_000);
  // A clock that was set back, and one that was never set.
  expect(latestBelieved(nowMs, 1_900_000_000)).toBe(1_900_086_400);
  expect(latestBelieved(0, 0)).toBe(Infinity);
});
