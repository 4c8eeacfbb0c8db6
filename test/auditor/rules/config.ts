import { holdsAt, intersect, overlaps, subtract, union } from "../intervals.ts";
import { blocked, byHand } from "../picture.ts";
import { copiesOf, ownedNames, placedOn } from "./owned.ts";
import type { Rule } from "./violation.ts";

/** Whoever reads the config at whatever moment reads a whole one; a test's own broken edits are the test's. */
export const torn: Rule = (picture) =>
  picture.configs
    .filter(({ at, problem }) => problem !== null && !holdsAt(byHand(picture, "config"), at))
    .map(({ at, problem }) => ({ rule: "torn-config", at, what: `the config did not parse: ${problem ?? ""}` }));

/** While a container runs once, the config does not name another node for longer than a move takes to commit. */
export const misplaced: Rule = (picture, limits) =>
  ownedNames(picture, limits).flatMap((name) => {
    const copies = copiesOf(picture, limits, name);
    const twice = overlaps(
      copies.map(({ runs }) => runs),
      2,
    );
    return placedOn(picture, name).flatMap(({ node, spans }) => {
      const elsewhere = union(copies.filter((copy) => copy.node !== node).flatMap(({ runs }) => runs));
      const wrong = subtract(intersect(spans, subtract(elsewhere, twice)), [
        ...blocked(picture, ["controller"]),
        ...byHand(picture, "config"),
      ]);
      return wrong
        .filter(({ from, to }) => to - from > limits.misplacedMs)
        .map(({ from, to }) => ({
          rule: "misplaced",
          at: from,
          durationMs: to - from,
          what: `the config says ${name} is on ${node}, it ran on ${where(copies, from)}`,
        }));
    });
  });

function where(copies: ReturnType<typeof copiesOf>, at: number): string {
  return copies
    .filter(({ runs }) => holdsAt(runs, at))
    .map(({ node }) => node)
    .join(" and ");
}
