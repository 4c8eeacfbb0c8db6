import { expect, test } from "vitest";
import { firstWitnesses, witnessesOf } from "../../../src/domain/leadership/witnesses.ts";

const nodes = ["n9", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

test("all nodes elect, or seven of them by their names, or those that the config names", () => {
  const named = nodes.map((name) => ({ name, address: name, ssh: {}, labels: {}, cordoned: false }));
  expect(witnessesOf({ nodes: named.slice(0, 4) })).toEqual(["n9", "n1", "n2", "n3"]);
  expect(witnessesOf({ nodes: named })).toEqual(["n1", "n2", "n3", "n4", "n5", "n6", "n7"]);
  expect(firstWitnesses([...nodes].reverse())).toEqual(firstWitnesses(nodes));
  expect(witnessesOf({ nodes: named, witnesses: ["n2", "n1", "n9"] })).toEqual(["n2", "n1", "n9"]);
});
