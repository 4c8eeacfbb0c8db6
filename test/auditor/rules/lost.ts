import { subtract, union } from "../intervals.ts";
import { copiesOf, ownedNames } from "./owned.ts";
import type { Rule } from "./violation.ts";

/** From its creation on, a container is never without a copy, running or not, on some node's disk, dead or not. */
export const lost: Rule = (picture, limits) =>
  ownedNames(picture, limits).flatMap((name) => {
    const exists = union(copiesOf(picture, limits, name).flatMap((copy) => copy.exists));
    const [first] = exists;
    if (first === undefined) return [];
    const unwanted = picture.marks.filter(({ mark, containers }) => mark === "removed" && containers.includes(name));
    const to = Math.min(picture.end, ...unwanted.map(({ from }) => from));
    return subtract([{ from: first.from, to }], exists).map((gap) => ({
      rule: "lost",
      at: gap.from,
      durationMs: gap.to - gap.from,
      what: `no node had a copy of ${name}`,
    }));
  });
