import { describe, expect, test } from "vitest";
import { gatesOf } from "../../../src/domain/place/gate.ts";
import { finishing, leftover, swapSteps, undoing } from "../../../src/domain/place/steps.ts";
import type { Swap } from "../../../src/domain/place/swap.ts";
import { render } from "../../../src/domain/shell.ts";
import { ModelDocker } from "./model.ts";

const swaps: readonly Swap[] = [
  { kind: "start-first" },
  { kind: "hand-off", network: "bridge" },
  { kind: "stop-first", why: "it has data" },
];

const stepsOf = (swap: Swap) =>
  swapSteps("web", {
    swap,
    gates: gatesOf(swap.kind, { check: undefined, skips: false }),
    graceSeconds: 10,
    old: undefined,
  });

function withOld(parts: Parameters<ModelDocker["add"]>[1] = {}): ModelDocker {
  const docker = new ModelDocker();
  docker.add("web", { imageId: "sha256:old", ...parts });
  return docker;
}

/** What is left when everything is as it was. */
const asBefore = (state: string): unknown[] => [expect.objectContaining({ name: "web", imageId: "sha256:old", state })];

describe.each(swaps)("$kind", (swap) => {
  const steps = stepsOf(swap);

  test("ends with the new copy alone, under the container's name and in its network", () => {
    const docker = withOld();
    for (const step of steps) docker.step(step);
    expect(docker.containers).toEqual([
      expect.objectContaining({ name: "web", imageId: "sha256:new", state: "running", networks: ["bridge"] }),
    ]);
    expect([...docker.networks]).toEqual(["bridge"]);
  });

  test.each(steps.map((step, index) => [index, step.do] as const))(
    "a failure before step %i (%s) leaves the old copy as it was, until it is settled",
    (index) => {
      for (const state of ["running", "exited"] as const) {
        const docker = withOld({ state });
        for (const step of steps.slice(0, index)) docker.step(step);
        if (steps.slice(0, index).some((step) => step.do === "settled")) continue;
        for (const command of undoing("web", docker.copies(), { args: [], ran: state === "running" }))
          docker.command(command);
        expect(docker.containers).toEqual(asBefore(state));
        expect([...docker.networks].length, "no network stays behind").toBeLessThanOrEqual(index === 2 ? 2 : 1);
      }
    },
  );

  test.each(steps.map((step, index) => [index, step.do] as const))(
    "killed before step %i (%s), the next command brings the old copy back, or keeps a new one that is good",
    (index) => {
      for (const good of [true, false]) {
        const docker = withOld();
        for (const step of steps.slice(0, index)) docker.step(step);
        const left = leftover(docker.copies());
        const stays = left === "judge" && good;
        const commands =
          left === "nothing"
            ? []
            : stays
              ? finishing("web", docker.copies(), { graceSeconds: 10 })
              : undoing("web", docker.copies(), { args: [] });
        for (const command of commands) docker.command(command);
        expect(docker.containers).toHaveLength(1);
        expect(docker.containers[0]).toMatchObject({ name: "web", state: "running", networks: ["bridge"] });
        expect(leftover(docker.copies())).toBe("nothing");
      }
    },
  );
});

test.each(["start-first", "hand-off"])("%s never leaves a moment without a copy that runs", (kind) => {
  const swap = swaps.find((each) => each.kind === kind);
  const docker = withOld();
  for (const step of swap ? stepsOf(swap) : []) {
    docker.step(step);
    expect(docker.containers.some(({ state }) => state === "running")).toBe(true);
    if (kind === "start-first") expect(docker.serving().length).toBeGreaterThan(0);
  }
});

test("a copy that did not run before it was replaced does not run after a replacement that was cut off", () => {
  const [swap] = swaps.slice(2);
  if (!swap) throw new Error("there are three");
  const docker = withOld({ state: "exited", finishedAtMs: 1_600_000_000_000 });
  for (const step of stepsOf(swap).slice(0, 5)) docker.step(step);
  for (const command of undoing("web", docker.copies(), { args: [] })) docker.command(command);
  expect(docker.containers).toEqual(asBefore("exited"));
});

test("the commands of a hand-off, as the node gets them", () => {
  const lines = stepsOf({ kind: "hand-off", network: "front" }).flatMap((step) =>
    step.do === "run" ? [render(step.command)] : [],
  );
  expect(lines).toEqual([
    "docker network create --internal --label io.pictl.waiting=web web.pictl-waiting",
    `sh -c 'docker network disconnect "$2" "$1" && docker network connect "$3" "$1" && docker container start "$1"' sh web.pictl-next front web.pictl-waiting`,
    `sh -c 'docker network disconnect "$1" "$2" && docker network connect "$1" "$3"' sh front web web.pictl-next`,
    "docker container rename web web.pictl-replaced",
    "docker container rename web.pictl-next web",
    `sh -c 'docker network disconnect "$1" "$2" && docker network rm "$1"' sh web.pictl-waiting web`,
    "docker container stop --time 10 web.pictl-replaced",
    "docker container rm --force web.pictl-replaced",
  ]);
});
