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
