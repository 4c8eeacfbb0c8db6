import type { Copy, Verdict } from "./sight.ts";

/** A container that there was is somewhere, running or not. Nodes without power have what is on their disks. */
export function lost(containers: Iterable<string>, copies: readonly Copy[]): Verdict {
  for (const container of containers) {
    if (!copies.some((copy) => copy.container === container)) return `${container} is lost: no node has a copy of it`;
  }
  return undefined;
}
