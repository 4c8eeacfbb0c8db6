import { holdsAt } from "../intervals.ts";
import type { Picture } from "../picture.ts";
import { copiesOf, ownedNames } from "./owned.ts";
import type { Limits, Rule } from "./violation.ts";

/**
 * Where a test says that all is over: each container runs exactly once, the config names its node, and no other copy
 * is left anywhere, stopped or not; one node has the virtual address.
 */
export const settled: Rule = (picture, limits) =>
  picture.marks
    .filter(({ mark }) => mark === "settled")
    .flatMap(({ from: at, name: point }) =>
      // What lasts to the end of the history ends there, and a test's last word may be the history's too.
      unsettled(picture, limits, Math.min(at, picture.end - 0.001)).map((what) => ({
        rule: "not-settled",
        at,
        what: `${point}: ${what}`,
      })),
    );

/** What is not as it should be in the end, at this instant. */
export function unsettled(picture: Picture, limits: Limits, at: number): string[] {
  const config = picture.configs.filter((entry) => entry.problem === null && entry.at <= at).at(-1);
  const unwanted = picture.marks
    .filter(({ mark, from }) => mark === "removed" && from <= at)
    .flatMap(({ containers }) => containers);
  const found = ownedNames(picture, limits)
    .filter((name) => !unwanted.includes(name))
    .flatMap((name) => {
      const copies = copiesOf(picture, limits, name).filter(({ exists }) => holdsAt(exists, at));
      const [only, ...others] = copies;
      const all = copies.map((copy) => `${copy.name}@${copy.node}${holdsAt(copy.runs, at) ? "" : " (stopped)"}`);
      if (only === undefined || others.length > 0) return [`${name} has ${copies.length} copies: ${all.join(", ")}`];
      if (!holdsAt(only.runs, at)) return [`${name} does not run: ${all.join(", ")}`];
      const placed = (config?.placements ?? []).filter(({ container }) => container === name).map(({ node }) => node);
      if (placed.join(" ") === only.node) return [];
      return [`${name} runs on ${only.node}, the config says ${placed.join(" and ") || "nowhere"}`];
    });
  const holders = [...picture.holders].filter(([, spans]) => holdsAt(spans, at)).map(([node]) => node);
  if (limits.vip !== undefined && holders.length !== 1) {
    found.push(`the virtual address is on ${holders.join(" and ") || "no node"}`);
  }
  return found;
}
