import { expect, test } from "vitest";
import { type CheckState, type Failing, failingChanges } from "../../../../src/domain/heartbeat/checks/failing.ts";

const ok: CheckState = { is: "ok" };
const unsaid: CheckState = { is: "unsaid" };
const refused: CheckState = { is: "failing", nodeDead: false, message: "refused" };
const dead: CheckState = { is: "failing", nodeDead: true, message: "n1 does not answer" };

/** What is told in each of these rounds: `+` begins, `-` ends. */
function told(...rounds: readonly Readonly<Record<string, CheckState>>[]): readonly string[] {
  let failing: Failing = {};
  return rounds.map((round) => {
    const checks = Object.entries(round).map(([key, state]) => {
      const [container = "", node = ""] = key.split("@");
      return { container, node, state };
    });
    const { changes, ...next } = failingChanges(failing, checks);
    failing = next.failing;
    return changes
      .map(({ type, node, containers }) => `${type === "heartbeat.failed" ? "+" : "-"}${containers.join("+")}@${node}`)
      .join(" ");
  });
}

test.each<[string, readonly Readonly<Record<string, CheckState>>[], readonly string[]]>([
  [
    "one container, once when it begins and once when it ends, however many rounds",
    [{ "a@n1": refused }, { "a@n1": refused }, { "a@n1": unsaid }, { "a@n1": refused }, { "a@n1": ok }, { "a@n1": ok }],
    ["+a@n1", "", "", "", "-a@n1", ""],
  ],
  [
    "two by themselves are two causes",
    [
      { "a@n1": refused, "b@n1": refused },
      { "a@n1": ok, "b@n1": refused },
    ],
    ["+a@n1 +b@n1", "-a@n1"],
  ],
  [
    "all containers of a dead node are one, also those that join later; the end is when the last one is back",
    [
      { "a@n1": dead, "b@n1": dead, "c@n1": unsaid, "d@n2": ok },
      { "a@n1": dead, "b@n1": dead, "c@n1": dead, "d@n2": ok },
      { "a@n1": ok, "b@n1": refused, "c@n1": ok, "d@n2": ok },
      { "a@n1": ok, "b@n1": ok, "c@n1": ok, "d@n2": ok },
    ],
    ["+a+b@n1", "", "", "-a+b+c@n1"],
  ],
  [
    "a container that was moved away fails no more",
    [
      { "a@n1": dead, "b@n1": dead },
      { "a@n2": ok, "b@n1": dead },
      { "a@n2": ok, "b@n2": ok },
    ],
    ["+a+b@n1", "", "-a+b@n1"],
  ],
  ["of two dead nodes each is one", [{ "a@n1": dead, "b@n2": dead, "c@n1": dead }], ["+a+c@n1 +b@n2"]],
  [
    "one that is back with its node, and then fails by itself while the others do not answer yet",
    [
      { "a@n1": dead, "b@n1": dead },
      { "a@n1": ok, "b@n1": dead },
      { "a@n1": refused, "b@n1": dead },
      { "a@n1": refused, "b@n1": ok },
      { "a@n1": ok, "b@n1": ok },
    ],
    ["+a+b@n1", "", "+a@n1", "-b@n1", "-a@n1"],
  ],
])("%s", (_what, rounds, expected) => {
  expect(told(...rounds)).toEqual(expected);
});
