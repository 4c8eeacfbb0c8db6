import { holdsAt, type Interval } from "../intervals.ts";
import { blocked, byHand, type Copy, type Picture } from "../picture.ts";
import type { Rule } from "./violation.ts";

/** What is not ours is touched by nobody but the test: neither stopped nor removed, and no volume ever goes. */
export const strangers: Rule = (picture) => [
  ...picture.copies
    .filter((copy) => isStranger(picture, copy))
    .flatMap((copy) =>
      [
        ...ends(copy.runs, picture).map((at) => ({ at, what: `${copy.name}@${copy.node}, not ours, was stopped` })),
        ...ends(copy.exists, picture).map((at) => ({ at, what: `${copy.name}@${copy.node}, not ours, was removed` })),
      ].filter(({ at }) => !excused(picture, copy, at)),
    )
    .map((found) => ({ rule: "stranger-touched", ...found })),
  ...picture.entries.flatMap((entry) =>
    entry.kind === "docker" &&
    entry.type === "volume" &&
    entry.action === "destroy" &&
    !holdsAt(byHand(picture, entry.node), entry.at)
      ? [{ rule: "volume-removed", at: entry.at, what: `volume ${entry.name} of ${entry.node} was removed` }]
      : [],
  ),
];

function ends(list: readonly Interval[], picture: Picture): number[] {
  return list.filter(({ to }) => to < picture.end).map(({ to }) => to);
}

/** Whom the test named; a build makes and removes containers without our label too. */
function isStranger(picture: Picture, copy: Copy): boolean {
  return picture.marks.some(
    ({ mark, nodes, containers }) => mark === "stranger" && nodes.includes(copy.node) && containers.includes(copy.name),
  );
}

/** The test did it, or its node broke. */
function excused(picture: Picture, copy: Copy, at: number): boolean {
  return holdsAt([...byHand(picture, copy.node), ...blocked(picture, [copy.node])], at);
}
