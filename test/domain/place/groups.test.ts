import { expect, test } from "vitest";
import { groupsOf } from "../../../src/domain/place/groups.ts";
import { placement } from "../../fakes/config.ts";

const grouped = (...placements: Parameters<typeof groupsOf>[0]): readonly string[] =>
  groupsOf(placements).map((group) => group.map(({ container, node }) => `${container}@${node}`).join(" "));

test("what has nothing to do with each other stands apart; copies of one container do not", () => {
  const [web, db] = [placement("web", "n1"), placement("db", "n1")];
  expect(grouped(web, db, placement("web", "n2"))).toEqual(["web@n1 web@n2", "db@n1"]);
});

test("what comes after another, has its network or takes its name belongs to it", () => {
  const db = placement("db", "n1");
  const after = { ...placement("web", "n2"), after: ["db"] };
  const shares = { ...placement("side", "n2"), args: ["--network", "container:web"] };
  const renamed = { ...placement("shop", "n3"), renamedFrom: "side" };
  expect(grouped(db, placement("clock", "n1"), renamed, shares, after)).toEqual([
    "db@n1 shop@n3 side@n2 web@n2",
    "clock@n1",
  ]);
});

test("so do two that come after what is not in hand", () => {
  const [one, other] = [placement("a", "n1"), placement("b", "n2")].map((each) => ({ ...each, after: ["db"] }));
  if (!one || !other) throw new Error("two were made");
  expect(grouped(one, other)).toEqual(["a@n1 b@n2"]);
});
