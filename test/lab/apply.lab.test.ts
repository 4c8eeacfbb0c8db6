/** One command makes the nodes what the config says. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import Apply from "../../commands/apply.ts";
import Plan from "../../commands/plan.ts";
import Status from "../../commands/status.ts";
import type { StepRow } from "../../src/app/plan/carry-out.ts";
import type { PlanStep } from "../../src/domain/plan/types.ts";
import { now } from "../auditor/history.ts";
import type { Auditor } from "../auditor/index.ts";
import { auditLab } from "../support/audit.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { writeMoodyImage } from "../support/moody-image.ts";

const obstacle = await labObstacle();

type Entry = Readonly<Record<string, unknown>>;
type Layout = Record<string, Record<string, Entry>>;

const nodes = ["n1", "n2", "n3"];

describe.skipIf(obstacle !== undefined)("apply", () => {
  const lab = withLab({ nodes: 3 });
  let takeAway = (): void => undefined;
  let auditor: Auditor;

  const run = (command: Parameters<typeof runCommand>[0], ...words: string[]) =>
    runCommand(command, words, lab.status().config);

  function write(layout: Layout): void {
    const document = JSON.parse(readFileSync(lab.status().config, "utf8")) as Record<string, unknown>;
    const rows = nodes.map((node) => ({ node, ...layout[node] }));
    const all = { ...document, layout: rows, hb: [], container_host_constraints: [] };
    writeFileSync(lab.status().config, JSON.stringify(all));
  }

  async function stepsOf(command: Parameters<typeof runCommand>[0], ...words: string[]): Promise<readonly StepRow[]> {
    const ended = await run(command, ...words, "--json");
    const { result, failures } = documentOf(ended) as DocumentOf<{ steps: StepRow[] }>;
    expect(failures, ended.stderr).toEqual([]);
    return result.steps;
  }

  const told = (steps: readonly PlanStep[]): readonly string[] =>
    steps
      .map(
        ({ id, from, renames, why }) => `${id}: ${why}${from ? ` from ${from}` : ""}${renames ? ` of ${renames}` : ""}`,
      )
      .sort();

  beforeAll(async () => {
    const folder = join(dirname(lab.status().config), "docker");
    takeAway = writeMoodyImage(folder, "app");
    write(Object.fromEntries(nodes.map((node) => [node, { web: {} }])));
    await stepsOf(Apply, "--yes");
    const tags = "docker tag web app:1; docker tag web app:2";
    await Promise.all(nodes.map((node) => lab.inside(node, tags)));
    auditor = await auditLab(lab);
  });
  afterAll(async () => {
    await auditor.stop();
    takeAway();
  });

  /** Nothing ran on two nodes at any instant, and of nothing that is wanted there was no copy. `gone`: what is not. */
  async function oneOfEach(since: number, gone: readonly string[]): Promise<void> {
    const vip = { mode: "lease" as const, twoHoldersMs: 0, leaseSeconds: 60 };
    const verdict = await auditor.verdict({ cluster: lab.name, twoCopiesMs: 0, misplacedMs: Infinity, vip }, since);
    const lost = verdict.filter(
      (line) => / lost: /.test(line) && !gone.some((name) => line.includes(` copy of ${name} `)),
    );
    // While a new copy is put in the place of an old one on a node, both may run.
    const doubled = verdict.filter(
      (line) => / two-copies: (?!web ran)/.test(line) && new Set(line.match(/@n\d/g)).size > 1,
    );
    expect([...lost, ...doubled]).toEqual([]);
  }

  /** Thirty containers: every third one with a port, every fifth with data. */
  function thirty(): Layout {
    const layout: Layout = { n1: {}, n2: {}, n3: {} };
    for (let index = 0; index < 30; index++) {
      const port = index % 3 === 0 ? `-p ${String(8100 + index)}:80 ` : "";
      const data = index % 5 === 0 ? `-v data-${String(index)}:/data ` : "";
      const row = layout[nodes[index % 3] ?? ""] ?? {};
      row[`c${String(index)}`] = { image: "app:1", args: `${port}${data}`, env: { V: "1" } };
    }
    return layout;
  }

  function taken(layout: Layout, name: string): { node: string; entry: Entry } {
    const node = nodes.find((each) => layout[each]?.[name]) ?? "";
    const entry = layout[node]?.[name] ?? {};
    delete layout[node]?.[name];
    return { node, entry };
  }

  test("30 containers on 3 nodes: 10 changed, 5 gone, 5 new, 3 moved, 2 renamed, in one command", async () => {
    write(thirty());
    const since = now();
    const first = await stepsOf(Apply, "--yes");
    expect(first.map(({ kind }) => kind).sort()).toEqual([
      ...Array<string>(30).fill("create"),
      ...Array<string>(3).fill("remove"),
    ]);

    const layout = thirty();
    const put = (node: string, name: string, entry: Entry): void => {
      layout[node] = { ...layout[node], [name]: entry };
    };
    for (let index = 0; index < 10; index++) {
      const { node, entry } = taken(layout, `c${String(index)}`);
      put(node, `c${String(index)}`, index < 5 ? { ...entry, image: "app:2" } : { ...entry, env: { V: "2" } });
    }
    const gone = ["web", "c20", "c21", ...[10, 11, 12, 13, 14].map((index) => `c${String(index)}`)];
    for (const name of gone.slice(3)) taken(layout, name);
    // The first of the new ones takes the port of one that is gone.
    for (const index of [0, 1, 2, 3, 4]) {
      put(nodes[index % 3] ?? "", `new${String(index)}`, {
        image: "app:1",
        args: index === 0 ? "-p 8112:80" : "",
        env: { V: "1" },
      });
    }
    for (const [name, to] of [
      ["c15", "n2"],
      ["c16", "n3"],
      ["c17", "n1"],
    ] as const)
      put(to, name, taken(layout, name).entry);
    for (const [name, after] of [
      ["c20", "cache"],
      ["c21", "queue"],
    ] as const) {
      const { node, entry } = taken(layout, name);
      put(node, after, { ...entry, renamed_from: name });
    }
    await lab.inside("n3", "docker exec c20 sh -c 'echo kept >/data/file'");
    write(layout);

    const planned = await stepsOf(Plan, "--copy-volumes");
    expect(told(planned)).toEqual(
      [
        ...[0, 1, 2, 3, 4].map((index) => `replace c${String(index)}@${nodes[index % 3] ?? ""}: image 1 → 2`),
        ...[5, 6, 7, 8, 9].map((index) => `replace c${String(index)}@${nodes[index % 3] ?? ""}: env V`),
        ...[10, 11, 12, 13, 14].map(
          (index) => `remove c${String(index)}@${nodes[index % 3] ?? ""}: not in the layout, running`,
        ),
        ...[0, 1, 2, 3, 4].map((index) => `create new${String(index)}@${nodes[index % 3] ?? ""}: no such container`),
        "move c15@n2: n1 → n2 from n1",
        "move c16@n3: n2 → n3 from n2",
        "move c17@n1: n3 → n1 from n3",
        "replace cache@n3: name c20 → cache of c20",
        "replace queue@n1: name c21 → queue of c21",
      ].sort(),
    );
    const detailed = await run(Plan, "--detailed-exitcode");
    expect([detailed.code, detailed.stdout.trim().split("\n").at(-1)]).toEqual([
      5,
      "5 to remove, 3 to move, 5 to create, 12 to replace.",
    ]);

    // c15 has data of its own, which nobody has said anything about.
    const unsaid = await run(Apply, "--yes");
    expect([unsaid.code, unsaid.stderr]).toEqual([
      4,
      expect.stringContaining(
        "c15 would leave data of its own behind: the volume data-15 (at /data) stays behind on n1",
      ),
    ]);

    const startedAt = performance.now();
    const done = await stepsOf(Apply, "--yes", "--copy-volumes");
    const tookMs = performance.now() - startedAt;
    process.stderr.write(`apply of 25 changes on 3 nodes: ${(tookMs / 1000).toFixed(1)} s\n`);
    expect(done.map(({ id, changed }) => `${id} ${String(changed)}`).sort()).toEqual(
      planned.map(({ id }) => `${id} true`).sort(),
    );
    expect(await stepsOf(Plan)).toEqual([]);
    const status = await run(Status);
    expect([status.code, status.stdout.trim().split("\n")]).toEqual([0, expect.objectContaining({ length: 31 })]);
    expect(await lab.inside("n3", "docker exec cache cat /data/file")).toBe("kept\n");
    await oneOfEach(since, gone);
  }, 240_000);
});
