import { expect, test } from "vitest";
import type { FailOverAction } from "../../../../src/domain/heartbeat/decision.ts";
import { outdated } from "../../../../src/domain/heartbeat/safeguards/outdated.ts";

const action = (nodeDead: boolean): FailOverAction => ({
  do: "fail-over",
  container: "web",
  from: "n1",
  nodeDead,
  hosts: ["n2", "n3"],
  cause: "3 failed heartbeats",
});

test.each([
  ["as it was", true, false, ["n1"], undefined],
  ["as it was, another node dead too", true, false, ["n1", "n3"], undefined],
  ["the node is back", true, false, ["n3"], "n1 is not certainly dead any more."],
  ["a node that answers was never dead", false, false, [], undefined],
  ["this machine is cut off", true, true, ["n1", "n2"], "This machine seems to be cut off by now."],
  ["this machine is cut off, the node was not dead", false, true, ["n2"], "This machine seems to be cut off by now."],
])("%s", (_name, nodeDead, isolated, dead, reason) => {
  expect(outdated(action(nodeDead), { isolated, dead: new Set(dead) })).toBe(reason);
});
