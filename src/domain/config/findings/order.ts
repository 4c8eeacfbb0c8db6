import type { Findings } from "./problem.ts";
import type { RawConfig } from "../raw.ts";
import type { Placement } from "../types.ts";

/** Reports names in `after` that the layout does not have, and containers that wait for each other. */
export function checkOrder(raw: RawConfig, placements: readonly Placement[], findings: Findings): void {
  const names = new Set(placements.map(({ container }) => container));
  const afters = aftersOf(placements);
  const circular = inCircles(afters);
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
        const way = circular.has(container) ? wayBack(name, container, afters) : undefined;
        if (way) findings.error(path, `these wait for each other: ${listed([container, ...way])}; take one out`);
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

/** What has no place in any order: the containers of circles, and those that wait for one of these. */
function inCircles(afters: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const waiting = new Map<string, number>();
  const waiters = new Map<string, string[]>();
  for (const [container, names] of afters) {
    const known = [...names].filter((name) => afters.has(name));
    waiting.set(container, known.length);
    for (const name of known) {
      const others = waiters.get(name) ?? [];
      others.push(container);
      waiters.set(name, others);
    }
  }
  const free = [...waiting.keys()].filter((container) => waiting.get(container) === 0);
  for (const container of free) {
    waiting.delete(container);
    for (const waiter of waiters.get(container) ?? []) {
      const left = (waiting.get(waiter) ?? 0) - 1;
      waiting.set(waiter, left);
      if (left === 0) free.push(waiter);
    }
  }
  return new Set(waiting.keys());
}

/** The containers from one to another, each of which waits for the next; undefined when there is no such way. */
function wayBack(
  from: string,
  to: string,
  afters: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  for (const [name] of cameFrom) {
    if (name === to) return backFrom(name, cameFrom);
    for (const next of afters.get(name) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, name);
  }
  return undefined;
}

function backFrom(end: string, cameFrom: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = [];
  for (let name: string | undefined = end; name !== undefined; name = cameFrom.get(name)) way.push(name);
  return way.reverse();
}

/** A long circle is told by its ends. */
function listed(names: readonly string[]): string {
  const left = names.length - 11;
  const told = left > 1 ? [...names.slice(0, 9), `… (${left} more)`, ...names.slice(-2)] : names;
  return told.join(", ");
}
