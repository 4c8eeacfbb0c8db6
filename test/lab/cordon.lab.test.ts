import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import ContainerAdd from "../../commands/container/add.ts";
import Create from "../../commands/create.ts";
import Doctor from "../../commands/doctor.ts";
import Log from "../../commands/log.ts";
import Move from "../../commands/move.ts";
import NodeCordon from "../../commands/node/cordon.ts";
import NodeUncordon from "../../commands/node/uncordon.ts";
import Nodes from "../../commands/nodes.ts";
import Stop from "../../commands/stop.ts";
import Start from "../../commands/start.ts";
import type { NodeChangeRow } from "../../src/app/node/change.ts";
import type { NodeRow } from "../../src/app/nodes.ts";
import type { PictlEvent } from "../../src/domain/events/event.ts";
import { pictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("node cordon and uncordon", () => {
  const lab = withLab({ nodes: 2 });
  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) =>
    runCommand(command, words, lab.status().config);
  const file = (): string => readFileSync(lab.status().config, "utf8");
  const changed = async (command: Parameters<typeof runCommand>[0], ...words: string[]) =>
    (documentOf(await run(command, ...words, "--json")) as DocumentOf<{ nodes: NodeChangeRow[] }>).result.nodes;
  let original = "";

  beforeAll(async () => {
    const created = await run(Create, "web");
    expect(created.code, created.stderr).toBe(0);
    original = file();
  });

  test("stands in the config, once; --dry-run writes nothing; events are written", async () => {
    expect((await run(NodeCordon, "n2", "--dry-run")).stdout).toContain("n2: would be cordoned\n");
    expect(file()).toBe(original);
    expect(await changed(NodeCordon, "n[1-2]")).toMatchObject([
      { node: "n1", changed: true, outcome: "cordoned" },
      { node: "n2", changed: true, outcome: "cordoned", changes: ["nodes.n2.cordoned = true"] },
    ]);
    expect(await changed(NodeCordon, "n2")).toMatchObject([{ changed: false, outcome: "cordoned already" }]);
    expect(await changed(NodeUncordon, "n1")).toMatchObject([{ changed: true, outcome: "uncordoned" }]);
    expect(JSON.parse(file())).toMatchObject({ nodes: { n2: { cordoned: true } } });
    const log = documentOf(await run(Log, "--type", "node.*", "--json")) as DocumentOf<{ events: PictlEvent[] }>;
    expect(log.result.events.map(({ type, node }) => `${type} ${node ?? ""}`)).toEqual([
      "node.cordoned n1",
      "node.cordoned n2",
      "node.uncordoned n1",
    ]);
  });

  test("move and container add refuse it and touch nothing", async () => {
    const before = file();
    for (const refused of [await run(Move, "web", "n2"), await run(ContainerAdd, "box", "--node", "n2")]) {
      expect(refused).toMatchObject({ code: 4, stdout: "" });
      expect(refused.stderr).toContain("n2: The node is cordoned: nothing new is placed on it.");
      expect(refused.stderr).toContain("`pictl node uncordon n2`");
    }
    expect(file()).toBe(before);
  });

  test("nodes and doctor tell, also of a node that does not answer", async () => {
    const rows = async () =>
      (documentOf(await run(Nodes, "--json")) as DocumentOf<{ nodes: NodeRow[] }>).result.nodes.map((row) => [
        row.reachable,
        row.cordoned,
      ]);
    expect(await rows()).toEqual([
      [true, false],
      [true, true],
    ]);
    expect((await run(Nodes)).stdout).toMatch(/^n2 +ready, cordoned /m);
    expect((await run(Doctor, "n2")).stdout).toContain("nothing new is placed on it");
    await lab.cut("n2");
    try {
      expect((await run(Nodes)).stdout).toMatch(/^n2 +unreachable, cordoned /m);
    } finally {
      await lab.heal("n2");
    }
  });

  test("--force places it there all the same, and what is there is stopped, started and created", async () => {
    const moved = await run(Move, "web", "n2", "--force");
    expect(moved.code, moved.stderr).toBe(0);
    for (const step of [await run(Stop, "web"), await run(Start, "web"), await run(Create, "web", "--recreate")])
      expect(step.code, step.stderr).toBe(0);
    expect(await lab.inside("n2", "docker ps --format '{{.Names}}'")).toBe("web\n");
  });

  test("a node must be named, and be there; completion knows the names", async () => {
    const { config } = lab.status();
    expect((await pictl(["node", "cordon"], { config })).code).toBe(2);
    expect((await pictl(["node", "cordon", "n9"], { config })).stderr).toContain('No node "n9" in the config');
    for (const verb of ["cordon", "uncordon", "remove"]) {
      const { stdout } = await pictl(["__complete", "--", "node", verb, ""], { config });
      expect(stdout, verb).toContain("n1\tnode\nn2\tnode");
    }
  });
});
