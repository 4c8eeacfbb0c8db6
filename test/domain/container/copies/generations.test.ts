import { expect, test } from "vitest";
import { noGenerations, placedOf, withPlaced, withSeen } from "../../../../src/domain/container/copies/generations.ts";
import { config, placement } from "../../../fakes/config.ts";
import { copy } from "../../heartbeat/facts.ts";

const layout = config({ placements: [placement("web", "n1")] });

test("what the layout has placed is the greatest it made, or saw where it has it", () => {
  const known = withPlaced(noGenerations, "web", 5);
  expect(known).toEqual({ last: 5, placed: { web: 5 } });
  expect(withPlaced(known, "web", 4)).toBe(known);
  expect(withSeen(known, layout, { node: "n1", copies: [copy("web", "a", 7)], latest: 9 })).toEqual({
    last: 7,
    placed: { web: 7 },
  });
  expect(withSeen(known, layout, { node: "n1", copies: [copy("web", "a", 5)], latest: 9 })).toBe(known);
});

test("a copy elsewhere, one that is put aside and one of another container count as seen only", () => {
  const elsewhere = { node: "n2", copies: [copy("web", "a", 7)], latest: 9 };
  const aside = { node: "n1", copies: [copy("web", "a", 7, { name: "web.pictl-replaced" })], latest: 9 };
  const other = { node: "n1", copies: [copy("db", "a", 7)], latest: 9 };
  for (const seen of [elsewhere, aside, other]) {
    expect(withSeen(noGenerations, layout, seen)).toEqual({ last: 7, placed: {} });
  }
});

test("what nobody can have given is not remembered", () => {
  const forged = { node: "n1", copies: [copy("web", "a", 10)], latest: 9 };
  expect(withSeen(noGenerations, layout, forged)).toBe(noGenerations);
});

test("a container may have the name of something that every object has", () => {
  expect(placedOf(noGenerations, "constructor")).toBe(0);
  expect(placedOf(withPlaced(noGenerations, "constructor", 3), "constructor")).toBe(3);
});
