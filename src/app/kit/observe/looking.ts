import { abortable, timeLimit } from "../../../abort.ts";
import { PictlError } from "../../../domain/errors.ts";
import type { Ports } from "../../ports.ts";

/** Shows that a node, a registry or the like is being asked. Rejects with what `ask` rejects with. */
export async function looking<T>(
  { progress }: Pick<Ports, "progress">,
  where: string,
  ask: () => Promise<T>,
): Promise<T> {
  const step = progress.look(where);
  try {
    const answer = await ask();
    step.done();
    return answer;
  } catch (error) {
    step.fail();
    throw error;
  }
}

/** A node that connects in 10 s has some more to tell what it is asked; who only looks does not wait for longer. */
const lookMs = 15_000;

/**
 * A look at a node, which is given up after 15 s, whatever the node does or fails to do: one that stalls must not hide the
 * others. Rejects with timeout, and with what the look rejects with.
 */
export async function lookWithin<T>(
  ports: Pick<Ports, "clock" | "signal">,
  node: string,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = timeLimit(ports.clock, lookMs, ports.signal);
  try {
    return await abortable(look(limit.signal), limit.signal);
  } catch (error) {
    if (!limit.expired()) throw error;
    const message = `The node did not tell within ${String(lookMs / 1000)} s how it is.`;
    throw new PictlError("timeout", message, {
      node,
      hint: `It, or the line to it, is stuck or very slow; \`pictl doctor ${node}\` tells more.`,
      cause: error,
    });
  } finally {
    limit.dispose();
  }
}
