import { expect, test } from "vitest";
import { emptyLayoutText } from "../../src/view/empty-layout.ts";
import { config, node, placement } from "../fakes/config.ts";

const pipe = { colour: false, width: Infinity };
const nodes = [node("pi-1"), node("pi-2")];

test.each(["containers", "checks", "steps"])("a first config has no container: %s", (rows) => {
  expect(emptyLayoutText(pipe, config({ nodes, placements: [] }), { [rows]: [] })).toBe(
    "! The layout of the config has no container. `pictl container add NAME --node pi-1 --image IMAGE` puts one there.\n",
  );
});

test("nothing is told where there is one, or where the rows are no containers", () => {
  const empty = config({ nodes, placements: [] });
  expect(emptyLayoutText(pipe, config({ nodes, placements: [placement("web", "pi-1")] }), { containers: [] })).toBe("");
  expect(emptyLayoutText(pipe, empty, { containers: [{ container: "stray" }] })).toBe("");
  expect(emptyLayoutText(pipe, empty, { nodes: [] })).toBe("");
});
