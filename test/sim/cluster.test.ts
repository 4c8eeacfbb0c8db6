import { expect, test } from "vitest";
import { happen } from "./history.ts";
import { scenarioOf } from "./scenario.ts";

const budgetMs = 20_000;

/** `npm run sim` does a hundred thousand; here as many as fit into the time, and never fewer than 200. */
test(
  "whatever breaks in a cluster, no container is lost or left doubled, and all is as the config says in the end",
  { timeout: 240_000 },
  async () => {
    const until = performance.now() + budgetMs;
    for (let seed = 1; seed <= 200 || (performance.now() < until && seed < 5000); seed++) {
      const { violation } = await happen(scenarioOf(seed));
      expect(violation, `npm run sim -- --seed ${String(seed)} --trace`).toBeUndefined();
    }
  },
);

test("a seed has one history", async () => {
  const tell = async (seed: number): Promise<readonly string[]> => {
    const lines: string[] = [];
    await happen(scenarioOf(seed), (line) => {
      lines.push(line);
    });
    return lines;
  };
  for (const seed of [1, 14, 92]) expect(await tell(seed)).toEqual(await tell(seed));
});
