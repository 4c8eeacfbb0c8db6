import { expect, test } from "vitest";
import { noGenerations, placedOf, withPlaced, withSeen } from "../../../src/domain/container/generations.ts";
import { config, placement } from "../../fakes/config.ts";
import { copy } from "../heartbeat/facts.ts";

const layout = config({ placements: [placement("web", "n1")] });

test("what the layout has placed is the greatest it made, or saw where it has it", () => {
  const known = withPlaced(noGenerations, "web", 5);
  expect(known).toEqual({ last: 5, placed: { web: 5 } });
  expect(withPlaced(known, "web", 4)).toBe(known);
  expect(withSeen(known, layout, { node: "n1", copies: [copy("web", "a", 7)] })).toEqual({
    last: 7,
    placed: { web: 7 },
  });
  expect(withSeen(known, layout, { node: "n1", copies: [copy("web", "a", 5)] })).toBe(known);
});

test("a copy elsewhere, one that is put aside and one of another container count as seen only", () => {
  const elsewhere = { node: "n2", copies: [copy("web", "a", 7)] };
  const aside = { node: "n1", copies: [copy("web", "a", 7, { name: "web.pictl-replaced" })] };
  const other = { node: "n1", copies: [copy("db", "a", 7)] };
  for (const seen of [elsewhere, aside, other]) {
    expect(withSeen(noGenerations, layout, seen)).toEqual({ last: 7, placed: {} });
  }
});

test("a container may have the name of something that every object has", () => {
  expect(placedOf(noGenerations, "constructor")).toBe(0);
  expect(placedOf(withPlaced(noGenerations, "constructor", 3), "constructor")).toBe(3);
});
