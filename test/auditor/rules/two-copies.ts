import { overlaps, subtract } from "../intervals.ts";
import { blocked, type Copy } from "../picture.ts";
import { ownedNames, ours } from "./owned.ts";
import type { Rule } from "./violation.ts";

/** Never more than one running copy for longer than allowed while all of their nodes and the controller could act. */
export const twoCopies: Rule = (picture, limits) =>
  ownedNames(picture, limits).flatMap((name) => {
    const copies = ours(picture, limits).filter(({ container }) => container === name);
    const running = overlaps(
      copies.map(({ runs }) => runs),
      2,
    );
    return running.flatMap((span) => {
      const two = copies.filter(({ runs }) => overlaps([runs, [span]], 2).length > 0);
      const nodes = [...new Set(two.map(({ node }) => node)), "controller"];
      return subtract([span], blocked(picture, nodes))
        .filter(({ from, to }) => to - from > limits.twoCopiesMs)
        .map(({ from, to }) => ({
          rule: "two-copies",
          at: from,
          durationMs: to - from,
          what: `${name} ran ${two.length} times: ${two.map(tell).join(", ")}`,
        }));
    });
  });

function tell(copy: Copy): string {
  return `${copy.name}@${copy.node} (generation ${String(copy.generation)}, ${copy.id.slice(0, 12)})`;
}
