import type { Findings } from "./problem.ts";
import type { RawConfig } from "./raw.ts";
import type { Placement } from "./types.ts";

/** Reports names in `after` that the layout does not have, and containers that wait for each other. */
export function checkOrder(raw: RawConfig, placements: readonly Placement[], findings: Findings): void {
  const names = new Set(placements.map(({ container }) => container));
  const afters = aftersOf(placements);
  for (const [index, row] of (raw.layout ?? []).entries()) {
    for (const [container, entry] of Object.entries(row)) {
      if (typeof entry === "string") continue;
      for (const [position, name] of (entry?.after ?? []).entries()) {
        const path = ["layout", index, container, "after", position];
        if (!names.has(name)) {
          findings.error(
            path,
            `the layout has no container ${JSON.stringify(name)}${findings.didYouMean(name, names)}`,
          );
          continue;
        }
        const way = wayBack(name, container, afters);
        if (way) findings.error(path, `these wait for each other: ${[container, ...way].join(", ")}; take one out`);
      }
    }
  }
}

/** By container, the names in `after` of all its entries. */
function aftersOf(
  placements: readonly Pick<Placement, "container" | "after">[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const afters = new Map<string, Set<string>>();
  for (const { container, after = [] } of placements) {
    const known = afters.get(container) ?? new Set();
    for (const name of after) known.add(name);
    afters.set(container, known);
  }
  return afters;
}

/** The containers from one to another, each of which waits for the next; undefined when there is no such way. */
function wayBack(
  from: string,
  to: string,
  afters: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[from, [from]]]);
  for (const [name, way] of ways) {
    if (name === to) return way;
    for (const next of afters.get(name) ?? []) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return undefined;
}
