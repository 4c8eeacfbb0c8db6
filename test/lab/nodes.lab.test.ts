import { describe, expect, onTestFinished, test } from "vitest";
import type { NodeRow } from "../../src/app/nodes.ts";
import Nodes from "../../commands/nodes.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("nodes", () => {
  const lab = withLab({ nodes: 3 });
  const run = (...words: string[]) => runCommand(Nodes, words, lab.status().config);
  const nodes = async (...words: string[]) =>
    documentOf(await run(...words, "--json")) as DocumentOf<{ nodes: NodeRow[] }>;

  test("each with its system, its resources and its Docker", async () => {
    const { result, ok, failures } = await nodes();
    expect({ ok, failures }).toEqual({ ok: true, failures: [] });
    expect(result.nodes.map((row) => row.node)).toEqual(["n1", "n2", "n3"]);
    expect(result.nodes[0]).toMatchObject({
      address: lab.node("n1").address,
      reachable: true,
      hostname: "n1",
      dockerVersion: expect.stringMatching(/^\d+\.\d+/) as string,
      containersRunning: 0,
      vip: false,
    });
    for (const key of ["uptimeSeconds", "memoryTotalBytes", "diskTotalBytes", "clockMs"] as const) {
      expect(result.nodes[0]?.[key]).toBeGreaterThan(0);
    }
  });

  test("who has the virtual IP", async () => {
    const address = lab.node("n2").address.replace(/\.\d+$/, ".10");
    await lab.inside("n2", `ip address replace ${address}/32 dev eth0`);
    onTestFinished(async () => {
      await lab.inside("n2", `ip address delete ${address}/32 dev eth0`);
    });
    const { result } = await nodes();
    expect(result.nodes.map((row) => row.vip)).toEqual([false, true, false]);
    const { stdout } = await run("n2");
    expect(stdout).toMatch(/^n2 .* holds\n?$/m);
  });

  test("a dead node is a row and a failure, and holds nobody up", async () => {
    await lab.kill("n3");
    const { result, exitCode, failures } = await nodes();
    expect(exitCode).toBe(3);
    expect(failures).toMatchObject([{ code: "node-unreachable", node: "n3" }]);
    expect(result.nodes.map((row) => row.reachable)).toEqual([true, true, false]);
    const { stdout, stderr, code } = await run("n3");
    expect(code).toBe(3);
    expect(stdout).toMatch(/^n3 +unreachable/m);
    expect(stderr).toContain("✗ n3: ");
  });
});
