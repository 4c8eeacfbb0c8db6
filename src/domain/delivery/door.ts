/**
 * The port of a node that a cluster's images go through. Docker remembers which layers it has pushed to a registry by that one's
 * name, port and all; so it is the same each time, and another one only where somebody has it.
 */
export function doorPort(cluster: string): number {
  const letters = Array.from(cluster, (letter) => letter.codePointAt(0) ?? 0);
  const sum = letters.reduce((hash, code) => (hash * 31 + code) % 10_000, 7);
  return 20_000 + sum;
}
