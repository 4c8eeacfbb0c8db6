import { describe, expect, test } from "vitest";
import { applyEdit } from "../../../src/domain/config/document/apply-edit.ts";
import type { RawConfig } from "../../../src/domain/config/raw.ts";
import { planCordon, refuseCordoned } from "../../../src/domain/node/cordon.ts";
import { node } from "../../fakes/config.ts";

function after(raw: RawConfig, names: readonly string[], cordoned: boolean): unknown {
  return planCordon(raw, names, cordoned)
    .flatMap(({ edits }) => edits)
    .reduce<unknown>((document, { edit }) => applyEdit(document, edit), raw);
}

describe("cordoning", () => {
  test.each<[string, RawConfig, RawConfig]>([
    ["a config without `nodes`", {}, { nodes: { n1: { cordoned: true }, n2: { cordoned: true } } }],
    ["an empty section", { nodes: null }, { nodes: { n1: { cordoned: true }, n2: { cordoned: true } } }],
    [
      "empty and other entries",
      { nodes: { n1: null, n2: { user: "pi" }, n3: {} } },
      { nodes: { n1: { cordoned: true }, n2: { user: "pi", cordoned: true }, n3: {} } },
    ],
    [
      "what was said otherwise",
      { nodes: { n1: { cordoned: false }, n2: { cordoned: true } } },
      { nodes: { n1: { cordoned: true }, n2: { cordoned: true } } },
    ],
  ])("%s", (_, raw, wanted) => {
    expect(after(raw, ["n1", "n2"], true)).toEqual(wanted);
    expect(planCordon(wanted, ["n1", "n2"], true).flatMap(({ edits }) => edits)).toEqual([]);
  });

  test("says which places change", () => {
    expect(planCordon({ nodes: { n2: { user: "pi" } } }, ["n1", "n2"], true)).toMatchObject([
      { node: "n1", edits: [{ text: 'nodes.n1 = {"cordoned":true}' }] },
      { node: "n2", edits: [{ text: "nodes.n2.cordoned = true" }] },
    ]);
  });
});

describe("opening", () => {
  test.each<[RawConfig]>([[{}], [{ nodes: { n3: { user: "pi" } } }], [{ nodes: { n1: { user: "pi" } } }]])(
    "takes away what cordoning put there: %j",
    (raw) => {
      expect(after(after(raw, ["n1", "n2"], true) as RawConfig, ["n2", "n1"], false)).toEqual(raw);
      expect(planCordon(raw, ["n1", "n2"], false).flatMap(({ edits }) => edits)).toEqual([]);
    },
  );
});

test("a cordoned node is refused, with the ways out", () => {
  refuseCordoned(node("n1"));
  const refusal = expect.objectContaining({
    code: "node-cordoned",
    node: "n1",
    message: "The node is cordoned: nothing new is placed on it.",
    hint: expect.stringMatching(/`pictl node uncordon n1`.*`--force`/) as string,
  }) as Error;
  expect(() => {
    refuseCordoned({ ...node("n1"), cordoned: true });
  }).toThrow(refusal);
});
