import type { Sight, Verdict } from "./sight.ts";

/** How long two copies have run while somebody could have seen both, by container. */
export type Doubles = ReadonlyMap<
  string,
  { readonly seenAt: number; readonly idleMs: number; readonly busyMs: number }
>;

/** An action on a container ends within this time, whatever happens. */
const longestActionMs = 300_000;

/**
 * Never two running copies for longer than a tick (`limitMs`, which has a round's own time in it) once both nodes answer
 * a controller that runs and is not cut off; while somebody has its lock, the action's time counts instead.
 */
export function twoCopies(
  before: Doubles,
  sight: Sight,
  limitMs: number,
): { readonly doubles: Doubles; readonly verdict: Verdict } {
  const doubles = new Map<string, { seenAt: number; idleMs: number; busyMs: number }>();
  let verdict: Verdict;
  if (sight.watching) {
    for (const [container, nodes] of running(sight)) {
      if (nodes.length < 2) continue;
      const known = before.get(container) ?? { seenAt: sight.at, idleMs: 0, busyMs: 0 };
      const passed = sight.at - known.seenAt;
      const busy = sight.busy.has(container);
      const now = {
        seenAt: sight.at,
        idleMs: known.idleMs + (busy ? 0 : passed),
        busyMs: known.busyMs + (busy ? passed : 0),
      };
      doubles.set(container, now);
      if (now.idleMs > limitMs || now.busyMs > longestActionMs) {
        verdict ??= `${container} has run on ${nodes.join(" and ")} for ${String(Math.round((now.idleMs + now.busyMs) / 1000))} s, and both answer`;
      }
    }
  }
  return { doubles, verdict };
}

/** The nodes that answer and run a copy, by container. */
function running({ copies, answering }: Sight): ReadonlyMap<string, readonly string[]> {
  const nodes = new Map<string, string[]>();
  for (const copy of copies) {
    if (!copy.running || !answering.has(copy.node)) continue;
    nodes.set(copy.container, [...(nodes.get(copy.container) ?? []), copy.node]);
  }
  return nodes;
}
