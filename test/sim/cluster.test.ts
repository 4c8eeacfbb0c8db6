import { expect, test } from "vitest";
import { happen } from "./history.ts";
import { scenarioOf } from "./scenario.ts";

/** Milliseconds. `npm run mutate` runs it with less, again and again. */
const budgetMs = Number(process.env["SIM_BUDGET"] ?? 20_000);

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

test("an order on a line that breaks does not come beside the old copy that is brought back", async () => {
  const { violation } = await happen(scenarioOf(2_025_907));
  expect(violation).toBeUndefined();
});

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

test("a healthy container is not restarted by a line that flaps", { timeout: 120_000 }, async () => {
  const nodes = ["n1", "n2", "n3"];
  const text = JSON.stringify({
    cluster: "sim",
    automatic_heartbeat: true,
    heartbeat_interval: 5000,
    layout: [{ node: "n1", c1: { args: "-p 8001:80", image: "busybox:1" } }, { node: "n2" }, { node: "n3" }],
    hb: [{ node: "n1", c1: "8001" }],
  });
  const lines = [
    ["controller", "n1"],
    ["n1", "controller"],
  ] as const;
  for (let seed = 1; seed <= 10; seed++) {
    const faults = Array.from({ length: 75 }, (_, index) => {
      return { do: "cut", at: 20_000 + index * 4000 + seed * 100, for: 2000, lines } as const;
    });
    const told: string[] = [];
    const scenario = { seed, nodes, cluster: "sim", text, intervalMs: 5000, faults, quietAt: 330_000 };
    const { violation } = await happen(scenario, (line) => told.push(line));
    expect(violation).toBeUndefined();
    expect(told.filter((line) => /docker (container )?restart/.test(line))).toEqual([]);
    // It did fail from here.
    expect(told.join("\n")).toContain("partial-partition");
  }
});

test(
  "a failover that the config tells of counts, wherever the daemon dies after it",
  { timeout: 120_000 },
  async () => {
    const nodes = ["n1", "n2", "n3"];
    const text = JSON.stringify({
      cluster: "sim",
      automatic_heartbeat: true,
      heartbeat_interval: 10_000,
      layout: [{ node: "n1", c1: { args: "", image: "busybox:1" } }, { node: "n2" }, { node: "n3" }],
      container_host_constraints: [{ container: "c1,n1,n2" }],
    });
    const off = { do: "power-off", for: 40_000 } as const;
    for (let calls = 1; calls <= 20; calls++) {
      for (const side of ["before", "after"] as const) {
        const crash = { at: 45_000, for: 20_000, do: "crash", what: "journal|config|memory", calls, side } as const;
        const faults = [{ ...off, at: 24_000, node: "n1" }, crash, { ...off, at: 90_000, node: "n2" }];
        const scenario = { seed: 1, nodes, cluster: "sim", text, intervalMs: 10_000, faults, quietAt: 200_000 };
        const { violation } = await happen(scenario);
        expect(violation, `killed ${side} call ${String(calls)}`).toBeUndefined();
      }
    }
  },
);
