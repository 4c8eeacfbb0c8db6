import type { Config } from "../config/types.ts";
import type { Findings } from "../config/findings/problem.ts";
import type { RawConfig } from "../config/raw.ts";
import type { Electorate } from "./electorate.ts";

/** More of them make no election safer, and each one slower. */
const most = 7;

/** The nodes that elect a leader: those that the config names, or all, or seven of them. */
export function witnessesOf({ nodes, witnesses }: Pick<Config, "nodes" | "witnesses">): Electorate {
  return witnesses ?? firstWitnesses(nodes.map(({ name }) => name));
}

/**
 * Those of a config that names none. By their names, not by their order in the file: two configs with the same nodes are to
 * have the same ones, whatever was edited in between.
 */
export function firstWitnesses(nodes: readonly string[]): Electorate {
  return nodes.length <= most ? nodes : [...nodes].sort().slice(0, most);
}

/** `witnesses` of the config; undefined where it has none. */
export function buildWitnesses(
  { witnesses }: RawConfig,
  nodes: Config["nodes"],
  findings: Findings,
): Electorate | undefined {
  if (!witnesses || witnesses.length === 0) return undefined;
  const names = nodes.map(({ name }) => name);
  for (const [index, name] of witnesses.entries()) {
    const path = ["witnesses", index];
    if (!names.includes(name)) {
      findings.error(path, `no row of the layout names the node ${name}${findings.didYouMean(name, names)}`);
    }
    const first = witnesses.indexOf(name);
    if (first < index) findings.error(path, `${name} is there twice`, { other: ["witnesses", first] });
  }
  if (![3, 5, most].includes(witnesses.length)) {
    findings.error(
      ["witnesses"],
      `there are ${String(witnesses.length)}, and there must be 3, 5 or 7: more than half of them elect the daemon that leads`,
    );
  }
  return witnesses;
}
