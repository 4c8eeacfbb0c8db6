import { expect, test } from "vitest";
import { dependentsOf, inTurns } from "../../../src/domain/container/order.ts";
import { lostShare, staleShare } from "../../../src/domain/container/shares.ts";
import { placement } from "../../fakes/config.ts";
import { containerFacts } from "../../fakes/facts.ts";

const all = [
  placement("app", "n1", { args: ["--network", "container:vpn"] }),
  placement("side", "n1", { args: ["--volumes-from=app:ro"] }),
  placement("vpn", "n1"),
  placement("vpn", "n2"),
  placement("far", "n2", { args: ["--link", "vpn:v", "--ipc=container:other"] }),
  placement("loop", "n1", { args: ["--pid", "container:loop2"] }),
  placement("loop2", "n1", { args: ["--pid", "container:loop"] }),
];
const names = (placements: readonly { container: string; node: string }[]): string =>
  placements.map(({ container, node }) => `${container}@${node}`).join(" ");

test("what others have something of comes before them", () => {
  expect(inTurns(all).map(names)).toEqual(["vpn@n1 vpn@n2", "app@n1 far@n2", "side@n1", "loop@n1 loop2@n1"]);
  expect(inTurns([])).toEqual([]);
});

test("with one go those that have something of it, on its node", () => {
  expect(names(dependentsOf(all, all.slice(2, 3)))).toBe("app@n1 side@n1");
  expect(names(dependentsOf(all, all))).toBe("");
});

const hex = (digit: string): string => digit.repeat(64);
const app = placement("app", "n1", { args: ["--network", "container:vpn"] });
const appFacts = containerFacts({
  id: hex("a"),
  name: "app",
  joined: [hex("1")],
  createdAt: 100,
  startedAtMs: 100_000,
});
const vpn = (id: string, parts = {}): ReturnType<typeof containerFacts> =>
  containerFacts({ id: hex(id), name: "vpn", createdAt: 50, startedAtMs: 50_000, ...parts });

test.each([
  ["as it was", [vpn("1")], undefined],
  ["made anew", [vpn("2")], { text: "the network of vpn as it was before it was made anew", mendable: true }],
  ["not there", [], { text: "the network of vpn, which is not there", mendable: false }],
])("the other container is %s", (_what, there, expected) => {
  expect(lostShare(app, appFacts, there)).toEqual(expected);
});

test("where Docker keeps a name, it is told by when both were made", () => {
  const side = placement("side", "n1", { args: ["--volumes-from", "vpn:ro"] });
  expect(lostShare(side, appFacts, [vpn("1", { createdAt: 101 })])).toMatchObject({ mendable: true });
  expect(lostShare(side, appFacts, [vpn("1", { createdAt: 100 })])).toBeUndefined();
});

test("a network ends with a restart of who has it", () => {
  expect(staleShare(app, appFacts, [vpn("1")])).toBeUndefined();
  expect(staleShare(app, appFacts, [vpn("1", { startedAtMs: 100_001 })])).toBe(
    "the network of vpn as it was before its restart",
  );
});
