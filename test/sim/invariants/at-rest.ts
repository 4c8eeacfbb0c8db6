import type { Config } from "../../../src/domain/config/types.ts";
import { subjects } from "../../../src/domain/heartbeat/checks/subjects.ts";
import type { Copy } from "./sight.ts";

/**
 * What is not yet as it must be when the faults are over: one running copy of every watched container where the config
 * has it, no others, and nothing in the journal. A container that somebody has put on another node in the file (`byHand`)
 * runs once, wherever: the heartbeat makes no second copy, and whoever did that has to say which is right.
 */
export function notAtRest(
  config: Config,
  copies: readonly Copy[],
  { journal, byHand = new Set() }: { readonly journal: readonly string[]; readonly byHand?: ReadonlySet<string> },
): readonly string[] {
  const problems = journal.map((container) => `the journal still has a move of ${container}`);
  for (const { container, node } of subjects(config)) {
    const all = copies.filter((copy) => copy.container === container);
    if (byHand.has(container)) {
      const running = all.filter((copy) => copy.running).length;
      if (running !== 1) problems.push(`${container} was put elsewhere by hand, and ${String(running)} copies run`);
      continue;
    }
    const right = all.find((copy) => copy.node === node && copy.name === container && copy.running);
    if (!right) problems.push(`${container} does not run on ${node}, where the config has it`);
    for (const copy of all) {
      if (copy !== right && copy.node !== node) {
        problems.push(
          `${copy.node} has a copy of ${container} (${copy.name}, ${copy.running ? "running" : "stopped"}), which belongs on ${node}`,
        );
      } else if (copy !== right && right) problems.push(`${node} has another copy of ${container}: ${copy.name}`);
    }
  }
  return problems;
}
