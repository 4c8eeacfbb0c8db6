import type { Verdict } from "./sight.ts";

/**
 * A failing container is started elsewhere while it runs on its node only when that was out of sight of the controller
 * and of another node that the controller could ask. `outOfSightAt`: when that was last true; `holdsMs`: how long it
 * counts.
 */
export function deadEnough(
  start: { readonly container: string; readonly from: string; readonly node: string; readonly at: number },
  runningOn: readonly string[],
  outOfSightAt: number | undefined,
  holdsMs: number,
): Verdict {
  const { container, from, node, at } = start;
  if (node === from || !runningOn.includes(from) || at - (outOfSightAt ?? -Infinity) <= holdsMs) return undefined;
  return `${container} is started on ${node} while it runs on ${from}, which others could reach all the time`;
}
