import type { Mutant } from "./sites.ts";

/** A line for each folder, and one for all: how many of the mutants were noticed. */
export function tableOf(drawn: readonly Mutant[], isKilled: (mutant: Mutant) => boolean): string[] {
  const rows = new Map<string, Mutant[]>();
  for (const each of drawn) {
    const layer = each.file
      .split("/")
      .slice(0, 3)
      .join("/")
      .replace(/[^/]*\.ts$/, "*.ts");
    rows.set(layer, [...(rows.get(layer) ?? []), each]);
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...sorted, ["all", drawn] as const].map(([layer, members]) => {
    const killed = members.filter(isKilled).length;
    const share = `${((100 * killed) / members.length).toFixed(0)} %`;
    return `${layer.padEnd(34)}${String(killed).padStart(5)} of ${String(members.length).padStart(4)}${share.padStart(8)}`;
  });
}
