/** One command makes the nodes what the config says. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import Apply from "../../commands/apply.ts";
import History from "../../commands/history.ts";
import Plan from "../../commands/plan.ts";
import Prune from "../../commands/prune.ts";
import Rollback from "../../commands/rollback.ts";
import Status from "../../commands/status.ts";
import type { HistoryRow } from "../../src/app/history/index.ts";
import type { StepRow } from "../../src/app/plan/carry-out.ts";
import type { PlanStep } from "../../src/domain/plan/types.ts";
import { now } from "../auditor/history.ts";
import type { Auditor } from "../auditor/index.ts";
import { bundled } from "../support/bundled.ts";
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
    write(Object.fromEntries(nodes.map((node) => [node, { web: {}, app: {} }])));
    await stepsOf(Apply, "--yes");
    const tags = "docker tag web plain:1; docker tag web plain:2; docker tag app app:1";
    await Promise.all(nodes.map((node) => lab.inside(node, tags)));
    auditor = await auditLab(lab);
  });
  afterAll(async () => {
    await auditor.stop();
    takeAway();
  });

  /** Nothing ran on two nodes at any instant, and of `kept` there was a copy all the time. */
  async function oneOfEach(since: number, kept: readonly string[]): Promise<void> {
    const vip = { mode: "lease" as const, twoHoldersMs: 0, leaseSeconds: 60 };
    const verdict = await auditor.verdict({ cluster: lab.name, twoCopiesMs: 0, misplacedMs: Infinity, vip }, since);
    const lost = verdict.filter((line) => kept.some((name) => line.includes(` lost: no node had a copy of ${name} `)));
    // While a new copy is put in the place of an old one on a node, both may run.
    const doubled = verdict.filter(
      (line) => / two-copies: (?!(?:web|app) ran)/.test(line) && new Set(line.match(/@n\d/g)).size > 1,
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
      row[`c${String(index)}`] = { image: "plain:1", args: `${port}${data}`, env: { V: "1" } };
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
      ...Array<string>(6).fill("remove"),
    ]);

    const layout = thirty();
    const put = (node: string, name: string, entry: Entry): void => {
      layout[node] = { ...layout[node], [name]: entry };
    };
    for (let index = 0; index < 10; index++) {
      const { node, entry } = taken(layout, `c${String(index)}`);
      put(node, `c${String(index)}`, index < 5 ? { ...entry, image: "plain:2" } : { ...entry, env: { V: "2" } });
    }
    for (const index of [10, 11, 12, 13, 14]) taken(layout, `c${String(index)}`);
    // The first of the new ones takes the port of one that is gone.
    for (const index of [0, 1, 2, 3, 4]) {
      put(nodes[index % 3] ?? "", `new${String(index)}`, {
        image: "plain:1",
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
    await oneOfEach(
      since,
      planned.filter(({ kind, renames }) => kind !== "remove" && !renames).map(({ container }) => container),
    );
  }, 240_000);

  const moody = (parts: Entry = {}): Entry => ({ image: "app:1", env: { V: "1" }, ...parts });
  const onAll = (entry: Entry): Layout => Object.fromEntries(nodes.map((node) => [node, { app: entry }]));
  const containersOn = async (node: string): Promise<string> =>
    lab.inside(node, "docker ps --all --no-trunc --format '{{.Names}} {{.ID}} {{.State}}' | sort");
  const everything = (): Promise<readonly string[]> => Promise.all(nodes.map(containersOn));

  test("a bad version on three nodes: one is touched and put back, what has nothing to do with it is done", async () => {
    write(onAll(moody()));
    await stepsOf(Apply, "--yes");
    const before = await everything();
    const layout = onAll(moody({ env: { V: "2", MODE: "exits" } }));
    write({ ...layout, n3: { ...layout["n3"], side: moody(), after: moody({ after: ["app"] }) } });
    const ended = await run(Apply, "--yes", "--json");
    const { result, failures } = documentOf(ended) as DocumentOf<{ steps: StepRow[] }>;
    expect([ended.code, result.steps.map(({ id, outcome }) => `${id}: ${outcome}`)]).toEqual([
      1,
      [
        "create side@n3: created",
        "replace app@n1: failed",
        "replace app@n2: not begun",
        "replace app@n3: not begun",
        "create after@n3: not begun",
      ],
    ]);
    expect(failures.map(({ code, node }) => [code, node])).toEqual([
      ["gate-failed", "n1"],
      ["rollout-stopped", "n2"],
      ["rollout-stopped", "n3"],
      ["rollout-stopped", "n3"],
    ]);
    const now = await everything();
    expect(now.map((text) => text.replace(/^side .*\n/m, ""))).toEqual(before);
    // Put right, it goes on from there.
    write({ ...onAll(moody({ env: { V: "2" } })), n3: { app: moody({ env: { V: "2" } }), side: moody() } });
    const again = await stepsOf(Apply, "--yes");
    expect(again.map(({ id }) => id)).toEqual(["replace app@n1", "replace app@n2", "replace app@n3"]);
  }, 120_000);

  test("a plan that is kept does nothing at all when something is not as it was", async () => {
    write(onAll(moody()));
    await stepsOf(Apply, "--yes");
    const file = join(dirname(lab.status().config), "kept.plan");
    onTestFinished(() => {
      rmSync(file, { force: true });
    });
    const wanted = onAll(moody({ env: { V: "3" }, secrets: { PASSWORD: "hunter2" } }));
    for (const [what, change, undo] of [
      ["the container was started again", () => lab.inside("n2", "docker restart -t 1 app"), undefined],
      [
        "another image of that name",
        () => lab.inside("n3", "docker build -q -t app:1 - </dev/null 2>&1 || docker tag web app:1"),
        () => lab.inside("n3", "docker tag app app:1"),
      ],
      [
        "its entry in the config was changed",
        () => {
          write(onAll(moody({ env: { V: "4" } })));
        },
        undefined,
      ],
      ["did not answer", () => lab.kill("n1"), () => lab.start("n1")],
    ] as const) {
      write(wanted);
      expect((await run(Plan, "--out", file)).code).toBe(0);
      expect(readFileSync(file, "utf8")).not.toContain("hunter2");
      await change();
      try {
        const others = nodes.filter((node) => !what.includes("answer") || node !== "n1");
        const before = await Promise.all(others.map(containersOn));
        const ended = await run(Apply, "--plan", file, "--yes");
        expect([ended.code, ended.stdout], what).toEqual([4, ""]);
        expect(ended.stderr).toContain(what);
        expect(ended.stderr).toContain("It was not done.");
        expect(await Promise.all(others.map(containersOn))).toEqual(before);
      } finally {
        await undo?.();
      }
    }
    write(wanted);
    await expect.poll(async () => (await run(Plan, "--out", file)).code, { timeout: 60_000 }).toBe(0);
    const done = await run(Apply, "--plan", file, "--yes");
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining("app@n3: create: replaced")]);
    expect((await run(Plan, "--detailed-exitcode")).code).toBe(0);
  }, 240_000);

  test("what was there before is back in a moment, and nothing is built or pulled for it", async () => {
    write(onAll(moody()));
    await stepsOf(Apply, "--yes", "--newest");
    // A build of its own, whose name means the new image then.
    onTestFinished(async () => {
      await Promise.all(nodes.map((node) => lab.inside(node, "docker tag app app:1")));
    });
    await Promise.all(nodes.map((node) => lab.inside(node, "docker tag web app:1")));
    write(onAll(moody({ env: { V: "2" } })));
    await stepsOf(Apply, "--yes");
    const ids = "docker inspect --format '{{.Image}}' app; docker image inspect --format '{{.Id}}' app web";
    const [now, good, bad] = (await lab.inside("n1", ids)).trim().split("\n");
    expect([now, good === bad]).toEqual([bad, false]);
    const history = documentOf(await run(History, "app@n1", "--json")) as DocumentOf<{ placements: HistoryRow[] }>;
    expect(history.result.placements.slice(0, 2)).toMatchObject([
      { node: "n1", image: "app:1", imageId: bad, outcome: "placed", newest: true },
      { node: "n1", image: "app:1", imageId: good, outcome: "placed", newest: false },
    ]);
    const dry = await run(Rollback, "app@n1", "--dry-run");
    expect(dry.stdout).toMatch(/image: "app:1" → "app:pictl-\d+"/);
    const startedAt = performance.now();
    const ended = await run(Rollback, "app@n1", "--yes", "--grace", "1");
    const tookMs = performance.now() - startedAt;
    expect(ended.code, ended.stderr).toBe(0);
    process.stderr.write(`rollback of one container: ${(tookMs / 1000).toFixed(1)} s\n`);
    expect(await lab.inside("n1", "docker inspect --format '{{.Image}}' app; docker exec app sh -c 'echo $V'")).toBe(
      `${good ?? ""}\n1\n`,
    );
    expect((await run(Status)).code).toBe(0);
    // The last two are kept, beside the one that the layout names now, and nobody prunes them.
    const tags = async (): Promise<readonly string[]> =>
      (await lab.inside("n1", "docker images --format '{{.Repository}}:{{.Tag}}'")).match(/app:pictl-\d+/g) ?? [];
    expect(await tags()).toHaveLength(3);
    expect((await run(Prune, "--yes")).code).toBe(0);
    expect(await tags()).toHaveLength(3);
  }, 120_000);

  test("a rollout that fails later on puts back what went well before, where the layout wants it so", async () => {
    const wanted = (version: string, mode: string): Layout =>
      Object.fromEntries(
        nodes.map((node) => {
          const env = { V: version, ...(node === "n2" ? { MODE: mode } : {}) };
          return [node, { app: moody({ env, update: { on_failure: "rollback" } }) }];
        }),
      );
    write(wanted("1", "good"));
    await stepsOf(Apply, "--yes");
    const ran = (): Promise<readonly string[]> =>
      Promise.all(nodes.map((node) => lab.inside(node, "docker exec app sh -c 'echo $V'")));
    expect(await ran()).toEqual(["1\n", "1\n", "1\n"]);
    write(wanted("2", "exits"));
    const ended = await run(Apply, "--yes", "--json");
    const { result, failures } = documentOf(ended) as DocumentOf<{ steps: StepRow[] }>;
    expect(result.steps.map(({ id, outcome }) => `${id}: ${outcome}`)).toEqual([
      "replace app@n1: put back as it was",
      "replace app@n2: failed",
      "replace app@n3: not begun",
    ]);
    expect(failures.map(({ code, node, message }) => [code, node, message.split(":")[0]])).toEqual([
      ["gate-failed", "n2", expect.any(String)],
      ["rollout-stopped", "n3", "Not touched"],
      ["rollout-stopped", "n1", "Put back as it was"],
    ]);
    expect(await ran()).toEqual(["1\n", "1\n", "1\n"]);
  }, 120_000);

  test("a pipeline does it as the examples of docs/deploying.md say, with a key and host keys from its environment", async () => {
    const text = readFileSync(new URL("../../docs/deploying.md", import.meta.url), "utf8");
    const github = /^ {8}run: \|\n((?: {10}.*\n)+)/m.exec(text)?.[1] ?? "";
    const gitlab = /^ {2}script:\n((?: {4}- .*\n)+)/m.exec(text)?.[1]?.replaceAll(/^ {4}- /gm, "") ?? "";
    const { config, dir } = lab.status();
    const checkout = mkdtempSync(join(tmpdir(), "pictl-checkout-"));
    onTestFinished(() => {
      rmSync(checkout, { recursive: true });
    });
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const program = `#!/bin/sh\nexec ${process.execPath} ${root}/bin/run.js "$@"\n`;
    mkdirSync(join(checkout, "bin"));
    writeFileSync(join(checkout, "bin", "pictl"), program, { mode: 0o755 });
    const env = {
      PATH: `${join(checkout, "bin")}:${process.env["PATH"] ?? ""}`,
      HOME: checkout,
      PICLUSTER_CONFIG: "config.json",
      DEPLOY_KEY: readFileSync(join(dir, "key"), "utf8"),
      KNOWN_HOSTS: readFileSync(join(dir, "known_hosts"), "utf8"),
    };
    for (const [script, version, others] of [
      [github, "5", {}],
      [gitlab, "6", { side: moody() }],
    ] as const) {
      write({ n1: { app: moody({ env: { V: version } }), ...others }, n2: {}, n3: {} });
      const document = JSON.parse(readFileSync(config, "utf8")) as { ssh: object };
      const ssh = { ...document.ssh, identity_file: "deploy.key", known_hosts_file: "known_hosts" };
      writeFileSync(join(checkout, "config.json"), JSON.stringify({ ...document, ssh }));
      // A runner of its own, which remembers nothing.
      rmSync(join(checkout, "state"), { recursive: true, force: true });
      const { stderr } = await promisify(execFile)("sh", ["-e", "-c", script], { cwd: checkout, env });
      const deployed = JSON.parse(readFileSync(join(checkout, "deployed.json"), "utf8")) as { ok: boolean };
      expect(deployed.ok, stderr).toBe(true);
      expect(await lab.inside("n1", "docker exec app sh -c 'echo $V'")).toBe(`${version}\n`);
      expect(await lab.inside("n3", "docker ps --all --quiet")).toBe("");
    }
  }, 120_000);

  test("killed at any step and said again, it comes to the same end", async () => {
    const program = await bundled(new URL("../support/killed-apply.ts", import.meta.url));
    const data = { args: "-v kept:/data" };
    const one: Layout = {
      n1: { app: moody(), moved: moody({ args: "-v moved:/data" }), old: moody(data) },
      n2: { stateful: moody(data), gone: moody({ args: "-p 8200:80" }) },
      n3: {},
    };
    const two: Layout = {
      n1: { app: moody({ env: { V: "2" } }), fresh: moody({ renamed_from: "old", ...data }) },
      n2: { stateful: moody({ ...data, env: { V: "2" } }), next: moody({ args: "-p 8200:80" }) },
      n3: { moved: moody({ args: "-v moved:/data" }) },
    };
    const back: Layout = { ...one, n1: { ...one["n1"], old: moody({ renamed_from: "fresh", ...data }) } };
    const names = async (): Promise<readonly string[]> =>
      (await everything()).map((text) => text.replaceAll(/ [0-9a-f]{64} /g, " "));
    write(one);
    await stepsOf(Apply, "--yes", "--copy-volumes", "--newest");
    write(two);
    await stepsOf(Apply, "--yes", "--copy-volumes");
    const end = await names();
    const since = now();
    let killed = 0;
    for (const nth of [4, 15, 27]) {
      write(back);
      await stepsOf(Apply, "--yes", "--copy-volumes", "--grace", "1");
      await Promise.all([lab.inside("n3", "docker volume rm -f moved"), lab.inside("n1", "docker volume ls -q")]);
      write(two);
      const when = nth % 2 === 0 ? "before" : "after";
      const run = promisify(execFile)(process.execPath, [program, lab.status().config, String(nth), when]);
      killed += await run.then(
        () => 0,
        (error: unknown) => Number((error as { signal: string }).signal === "SIGKILL"),
      );
      const steps = await stepsOf(Apply, "--yes", "--copy-volumes", "--grace", "1", "--wait", "30");
      expect(await names(), `${when} the ${String(nth)}th effect: ${steps.map(({ id }) => id).join(", ")}`).toEqual(
        end,
      );
      expect(await stepsOf(Plan)).toEqual([]);
    }
    expect(killed).toBeGreaterThan(1);
    await oneOfEach(since, ["moved", "stateful"]);
  }, 300_000);
});
