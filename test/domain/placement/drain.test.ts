import fc from "fast-check";
import { expect, test } from "vitest";
import { candidates } from "../../../src/domain/placement/candidates.ts";
import { planDrain } from "../../../src/domain/placement/drain.ts";
import { placement } from "../../fakes/config.ts";
import { anyHosts, docker, homeless, host } from "./hosts.ts";

const on = (name: string, ...args: string[]) => homeless({ placement: placement(name, "n1", { args }) });

test("containers are spread: each counts where it goes before the next one is looked at", () => {
  const hosts = [host("n1"), host("n2", docker("n2", { busy: [] })), host("n3"), host("n4")];
  const { moves, stuck } = planDrain(
    ["a", "b", "c", "d", "e"].map((name) => on(name)),
    hosts,
  );
  expect(moves.map(({ placement: { container }, to }) => `${container} ${to}`)).toEqual([
    "a n3",
    "b n4",
    "c n2",
    "d n3",
    "e n4",
  ]);
  expect(stuck).toEqual([]);
});

test("two more nodes that can take it are remembered, the best first", () => {
  const hosts = ["n1", "n2", "n3", "n4", "n5"].map((name) => host(name));
  expect(planDrain([on("a")], hosts).moves).toMatchObject([{ to: "n2", otherwise: ["n3", "n4"] }]);
  expect(planDrain([{ ...on("a"), hosts: ["n1", "n5"] }], hosts).moves).toMatchObject([{ to: "n5", otherwise: [] }]);
});

test("two that publish the same port do not go to one node", () => {
  const two = [on("a", "-p", "80:80"), on("b", "-p", "80:80")];
  expect(planDrain(two, [host("n1"), host("n2"), host("n3")]).moves.map(({ to }) => to)).toEqual(["n2", "n3"]);
  expect(planDrain(two, [host("n1"), host("n2")]).stuck).toMatchObject([
    {
      code: "no-candidate",
      container: "b",
      node: "n1",
      message: "No other node can take b:\nThe layout gives port 80 of n2 to a.",
    },
  ]);
});

test("without any other node there is nothing to give reasons for", () => {
  const messages = [on("a"), { ...on("b"), hosts: ["n1"] }].map(
    (each) => planDrain([each], [host("n1")]).stuck[0]?.message,
  );
  expect(messages).toEqual([
    "No other node can take a: there is none.",
    "No other node can take b: its row of `container_host_constraints` allows none.",
  ]);
});

test("of many reasons the first are told, and how many more there are", () => {
  const hosts = Array.from({ length: 12 }, (_, index) => host(`n${String(index + 2)}`, { cordoned: true }));
  const lines = planDrain([on("a")], hosts).stuck[0]?.message.split("\n") ?? [];
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe("The same or the like goes for 4 other nodes.");
});

test("every container is moved to a node that can take it, or stuck because there was none", () => {
  fc.assert(
    fc.property(anyHosts, fc.uniqueArray(fc.constantFrom("x", "y", "z", "web")), (hosts, names) => {
      const all = names.map((name) => on(name, "-p", "80:80"));
      const { moves, stuck } = planDrain(all, hosts);
      const told = [...moves.map((move) => move.placement.container), ...stuck.map(({ container }) => container)];
      expect(told.sort()).toEqual([...names].sort());
      for (const { placement: moved, to } of moves) {
        expect(candidates(on(moved.container, "-p", "80:80"), hosts, { policy: "spread" }).nodes).toContain(to);
      }
      // All of them want the same port.
      expect(new Set(moves.map(({ to }) => to)).size).toBe(moves.length);
      const free = candidates(on("other", "-p", "80:80"), hosts, { policy: "spread" }).nodes.length;
      if (stuck.length > 0 && !names.includes("web")) expect(moves).toHaveLength(free);
    }),
  );
});
