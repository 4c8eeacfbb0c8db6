import { expect, test } from "vitest";
import { nodesIn, without } from "../../../src/cli/output/early.ts";

const result = {
  containers: [
    { node: "n1", container: "web" },
    { node: "n2", container: "web" },
  ],
};

test("what has been printed is not printed again", () => {
  const early = nodesIn({ containers: [{ node: "n1", container: "web" }] });
  expect(without(result, early)).toEqual({ containers: [{ node: "n2", container: "web" }] });
  expect(without(result, nodesIn(result))).toBeUndefined();
});

test("what was found on this machine is told by a null, and once too", () => {
  const found = { checks: [{ node: null }, { node: "n1" }, { node: "n2" }] };
  expect(without(found, nodesIn({ checks: [{ node: "n1" }] }))).toEqual({ checks: [{ node: null }, { node: "n2" }] });
  expect(without(found, nodesIn({ checks: [{ node: null }, { node: "n1" }] }))).toEqual({ checks: [{ node: "n2" }] });
});
