import type { Ports } from "./ports.ts";

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
