import { describe, expect, test } from "vitest";
import { type ImageNode, waysOf, type WaysInput } from "../../../src/domain/delivery/ways.ts";

const lacks = { build: true, reason: "not on the node yet" };
const has = { build: false, reason: "up to date" };

function seen(node: string, parts: Partial<ImageNode> = {}): ImageNode {
  return { node, machine: "x86_64", wants: true, plan: lacks, ...parts };
}

function ways(nodes: readonly ImageNode[], parts: Partial<WaysInput> = {}): string[] {
  const all = waysOf({ nodes, builders: [], stored: () => false, isSeen: true, ...parts });
  return [...all].map(([node, way]) => `${node} ${way.do}${way.do === "deliver" ? ` ${String(way.from)}` : ""}`).sort();
}

describe("how nodes come by an image", () => {
  test("the first that lacks it builds, the others are given what it built", () => {
    expect(ways([seen("n1"), seen("n2"), seen("n3")])).toEqual(["n1 build", "n2 deliver n1", "n3 deliver n1"]);
  });

  test("who has it gives it, also one that nobody asked for", () => {
    expect(ways([seen("n1"), seen("n2", { plan: has })])).toEqual(["n1 deliver n2", "n2 nothing"]);
    expect(ways([seen("n1"), seen("n2", { plan: has, wants: false })])).toEqual(["n1 deliver n2"]);
  });

  test("each kind of machine has a builder of its own, and so has one of a kind that nobody knows", () => {
    const nodes = [
      seen("n1"),
      seen("pi1", { machine: "aarch64" }),
      seen("pi2", { machine: "aarch64" }),
      seen("odd", { machine: undefined }),
    ];
    expect(ways(nodes)).toEqual(["n1 build", "odd build", "pi1 build", "pi2 deliver pi1"]);
  });

  test("a builder builds for its kind, whether it wants the image or not", () => {
    const big = seen("big", { wants: false });
    expect(ways([seen("n1"), seen("n2"), big], { builders: ["big"] })).toEqual([
      "big build",
      "n1 deliver big",
      "n2 deliver big",
    ]);
    expect(ways([seen("pi", { machine: "aarch64" }), big], { builders: ["big"] })).toEqual(["pi build"]);
    expect(ways([seen("n1", { plan: has }), big], { builders: ["big"] })).toEqual(["n1 nothing"]);
  });

  test("what lies on this machine is built nowhere", () => {
    const stored = (machine: string): boolean => machine === "x86_64";
    expect(ways([seen("n1"), seen("pi", { machine: "aarch64" })], { stored })).toEqual(["n1 deliver null", "pi build"]);
  });

  test("folders of the nodes' own are compared by nobody: each builds", () => {
    expect(ways([seen("n1"), seen("n2", { plan: has })], { isSeen: false })).toEqual(["n1 build", "n2 nothing"]);
  });
});
