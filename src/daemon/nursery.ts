import { setFlagsFromString } from "node:v8";

/** With fewer nodes, what a round leaves behind fits into the nursery that V8 begins with (`bin/run.js`). */
const manyNodes = 100;

/**
 * Lets V8 enlarge its nursery, by some 16 to 48 MB, where a round holds answers of many nodes at once: in a small one they would
 * be moved about again and again, which took a third of the processor time of a daemon at rest.
 */
export function sizeNursery(nodes: number, setFlags: (flags: string) => void = setFlagsFromString): void {
  if (nodes >= manyNodes) setFlags("--semi-space-growth-factor=2");
}
