import { expect, test } from "vitest";
import { stillKnown } from "../../../src/domain/docker/known.ts";
import { Secret } from "../../../src/domain/secrets/secret.ts";
import { containerFacts } from "../../fakes/facts.ts";

const facts = containerFacts({
  statusText: "Up 2 seconds",
  startedAtMs: 1000,
  restarts: 4,
  env: [["TOKEN", new Secret("x")]],
  joined: ["other"],
});
/** What Docker's list tells of it a minute later. */
const listed = containerFacts({
  statusText: "Up About a minute (unhealthy)",
  health: "unhealthy",
  startedAtMs: null,
  restarts: null,
});

test("what the list does not tell is taken from before, and what it tells from the list", () => {
  expect(stillKnown({ facts, ageMs: 60_000 }, listed)).toEqual({
    ...facts,
    statusText: "Up About a minute (unhealthy)",
    health: "unhealthy",
  });
});

test.each([
  ["another container of its name", { id: "other" }, 60_000],
  ["another name", { name: "web.pictl-next" }, 60_000],
  ["another state", { state: "paused" as const }, 60_000],
  ["another image", { imageId: "sha256:2" }, 60_000],
  ["up for less time than it is known to run", { statusText: "Up 12 seconds" }, 60_000],
  ["in no words that tell for how long", { statusText: "Up" }, 60_000],
  ["nobody has asked for long", { statusText: "Up 10 minutes" }, 600_000],
])("not when it may be another by now: %s", (_what, parts, ageMs) => {
  expect(stillKnown({ facts, ageMs }, { ...listed, ...parts })).toBeUndefined();
});

test("not while it ends again and again, or with another code", () => {
  const ended = containerFacts({ state: "exited", exitCode: 1, statusText: "Exited (1) 3 seconds ago" });
  const later = { ...ended, statusText: "Exited (1) 2 minutes ago" };
  expect(stillKnown({ facts: ended, ageMs: 60_000 }, later)).toMatchObject({ state: "exited" });
  expect(stillKnown({ facts: ended, ageMs: 60_000 }, { ...later, exitCode: 137 })).toBeUndefined();
  const again = containerFacts({ state: "restarting", statusText: "Restarting (1) 3 seconds ago" });
  expect(stillKnown({ facts: again, ageMs: 1000 }, again)).toBeUndefined();
});
