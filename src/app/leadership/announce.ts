import pMap from "p-map";
import { timeLimit } from "../../abort.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { script } from "../../domain/shell.ts";
import type { Ports } from "../ports.ts";

const timeoutMs = 3_000;

/**
 * Writes our epoch on these nodes, so that they refuse what was sent in the name of a smaller one. Resolves to the names of
 * those that have it; never rejects.
 */
export async function announce(
  { nodes, clock, signal: stop, concurrency }: Pick<Ports, "nodes" | "clock" | "signal" | "concurrency">,
  to: readonly NodeSpec[],
): Promise<readonly string[]> {
  const told = await pMap(
    to,
    async (node) => {
      const { signal, dispose } = timeLimit(clock, timeoutMs, stop);
      try {
        const connection = await nodes.connect(node, signal);
        const { root, sudo } = await connection.privilege();
        const outcome = await connection.run(script(":"), { sudo: !root && sudo, timeoutMs, signal, guard: {} });
        return outcome.status === "ok" ? [node.name] : [];
      } catch {
        return [];
      } finally {
        dispose();
      }
    },
    { concurrency },
  );
  return told.flat();
}
