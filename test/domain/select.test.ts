import { describe, expect, test } from "vitest";
import { selectNodes, selectOnNodes, selectPlacements } from "../../src/domain/select.ts";
import { config, node, placement } from "../fakes/config.ts";

const cluster = config({
  nodes: [node("127.0.0.1"), node("127.0.0.10"), node("pi-1", { rack: "a" }), node("pi-2", { rack: "b" })],
  placements: [
    placement("sql", "127.0.0.1"),
    placement("mysql", "127.0.0.10"),
    placement("node-red", "pi-1"),
    placement("node-red", "pi-2"),
  ],
});

const named = (names: string[]): string[] =>
  selectPlacements(cluster, names).map((each) => `${each.container}@${each.node}`);
const nodesNamed = (patterns: string[]): string[] => selectNodes(cluster, patterns).map((each) => each.name);

describe("placements", () => {
  test.each([
    [[], ["sql@127.0.0.1", "mysql@127.0.0.10", "node-red@pi-1", "node-red@pi-2"]],
    // The original stopped mysql when asked for sql, and never touched what had "node" in its name.
    [["sql"], ["sql@127.0.0.1"]],
    [["node-red"], ["node-red@pi-1", "node-red@pi-2"]],
    [["node-red@pi-2"], ["node-red@pi-2"]],
    [["*sql"], ["sql@127.0.0.1", "mysql@127.0.0.10"]],
    [["*@pi-?"], ["node-red@pi-1", "node-red@pi-2"]],
    [
      ["node-red", "sql", "sql"],
      ["sql@127.0.0.1", "node-red@pi-1", "node-red@pi-2"],
    ],
  ])("%j are %j", (names, expected) => {
    expect(named(names)).toEqual(expected);
  });

  test.each([
    ["mysq", 'No container "mysq" in the layout; did you mean "mysql"?'],
    ["sql@pi-1", 'No container "sql@pi-1" in the layout.'],
    ["s[q]l", 'No container "s[q]l" in the layout.'],
    ["", 'No container "" in the layout.'],
    ["pi-1", '"pi-1" is a node, not a container.'],
  ])("%j is refused: %s", (name, message) => {
    expect(() => named([name])).toThrow(expect.objectContaining({ code: "unknown-container", message }) as Error);
  });
});

describe("nodes", () => {
  test.each([
    [["127.0.0.1"], ["127.0.0.1"]],
    [["pi-*"], ["pi-1", "pi-2"]],
    // What `exec --fold` prints can be given back.
    [["pi-[1-2]"], ["pi-1", "pi-2"]],
    [["pi-[2,9]"], ["pi-2"]],
    [["127.0.0.[1,10]"], ["127.0.0.1", "127.0.0.10"]],
    [["rack=a"], ["pi-1"]],
    [
      ["rack=*", "127.0.0.10"],
      ["127.0.0.10", "pi-1", "pi-2"],
    ],
  ])("%j are %j", (patterns, expected) => {
    expect(nodesNamed(patterns)).toEqual(expected);
  });

  test.each(["127.0.0", "pi-[01-02]", "pi-[3-9]", "pi-[a]", "rack=c", "-oProxyCommand=id"])(
    "%j is refused",
    (pattern) => {
      expect(() => nodesNamed([pattern])).toThrow(expect.objectContaining({ code: "unknown-node" }) as Error);
    },
  );
});

describe("placements on nodes", () => {
  const both = (names: string[], patterns: string[]): string[][] => {
    const { nodes, placements } = selectOnNodes(cluster, names, patterns);
    return [nodes.map((each) => each.name), placements.map((each) => `${each.container}@${each.node}`)];
  };

  test.each([
    [["node-red"], ["pi-2"], [["pi-2"], ["node-red@pi-2"]]],
    [
      ["*"],
      ["rack=*"],
      [
        ["pi-1", "pi-2"],
        ["node-red@pi-1", "node-red@pi-2"],
      ],
    ],
    [[], ["127.0.0.1"], [["127.0.0.1"], ["sql@127.0.0.1"]]],
  ])("%j on %j", (names, patterns, expected) => {
    expect(both(names, patterns)).toEqual(expected);
  });

  test.each([
    [["node-red", "sql"], ["pi-*"], 'The layout has no container "sql" on pi-*.', "It is on 127.0.0.1;"],
    [["node-red@pi-1"], ["pi-2"], 'The layout has no container "node-red@pi-1" on pi-2.', "It is on pi-1;"],
  ])("%j on %j is refused, not answered with nothing", (names, patterns, message, hint) => {
    const told = { code: "unknown-container", message, hint: expect.stringContaining(hint) as string };
    expect(() => both(names, patterns)).toThrow(expect.objectContaining(told) as Error);
  });
});
