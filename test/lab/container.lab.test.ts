import { cpSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import ContainerAdd from "../../commands/container/add.ts";
import ContainerEdit from "../../commands/container/edit.ts";
import ContainerRemove from "../../commands/container/remove.ts";
import type { ContainerChangeRow } from "../../src/app/container/change.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle();

describe.skipIf(obstacle !== undefined)("container add, edit and remove", () => {
  const lab = withLab({ nodes: 2 });

  const commands = { add: ContainerAdd, edit: ContainerEdit, remove: ContainerRemove };
  const run = (verb: keyof typeof commands, ...words: string[]) =>
    runCommand(commands[verb], words, lab.status().config);
  const json = async (verb: keyof typeof commands, ...words: string[]) =>
    documentOf(await run(verb, ...words, "--json")) as DocumentOf<{ containers: ContainerChangeRow[] }>;
  const file = (): string => readFileSync(lab.status().config, "utf8");
  const document = (): unknown => JSON.parse(file());
  /** The published port and the id of the container on n1; empty when there is none. */
  const box = (): Promise<string> =>
    lab.inside("n1", "docker ps --all --no-trunc --filter name=^box$ --format '{{.Ports}} {{.ID}}'");
  let original: unknown;

  beforeAll(() => {
    const folder = join(dirname(lab.status().config), "docker");
    cpSync(join(folder, "web"), join(folder, "box"), { recursive: true });
    original = document();
  });

  test.each([
    ["one that is there", ["web", "--node", "n1"], "usage"],
    ["a name that cannot be one", ["a b", "--node", "n1"], "usage"],
    ["a node that is not there", ["box", "--node", "n9"], "unknown-node"],
    ["a host that is not there", ["box", "--node", "n1", "--host", "n9"], "unknown-node"],
    ["arguments that end in the middle", ["box", "--node", "n1", "--args", "-p '80"], "config-invalid"],
  ])("add refuses %s, and touches nothing", async (_, words, code) => {
    const before = file();
    expect((await json("add", ...words, "--run")).failures).toMatchObject([{ code }]);
    expect(file()).toBe(before);
  });

  test("add --dry-run changes nothing; add --run writes all three sections and runs it", async () => {
    const words = ["box", "--node", "n1", "--args", "-p 8090:80", "--hb", "8090", "--host", "n2", "--run"];
    const before = file();
    const dry = await json("add", ...words, "--dry-run");
    expect(dry.result.containers).toMatchObject([{ container: "box", node: "n1", changed: false }]);
    expect(file()).toBe(before);
    expect(await box()).toBe("");

    expect(await json("add", ...words)).toMatchObject({
      ok: true,
      result: { containers: [{ container: "box", node: "n1", changed: true, outcome: "added; created" }] },
    });
    expect(document()).toMatchObject({
      layout: [{ node: "n1", box: "-p 8090:80" }, { node: "n2" }],
      hb: [{ node: "n1", box: "8090" }, { node: "n2" }],
      container_host_constraints: [{ container: "web,n1,n2" }, { container: "clock,n1,n2" }, { container: "box,n2" }],
    });
    expect(await box()).toContain(":8090->80");
  });

  test("edit asks; without a terminal it names the flag", async () => {
    const before = file();
    expect((await json("edit", "box", "--args", "-p 8091:80")).failures).toMatchObject([
      { code: "confirmation-missing" },
    ]);
    expect(file()).toBe(before);
  });

  test("edit --run replaces the container when its arguments differ, and only then", async () => {
    const changed = await json("edit", "box", "--args", "-p 8091:80", "--hb", "none", "--run", "--yes");
    expect(changed.result.containers).toEqual([
      {
        container: "box",
        node: "n1",
        changed: true,
        outcome: expect.stringMatching(/^changed; replaced \(stop-first, gap \d+\.\d s; it has no check\)$/) as string,
        changes: ['layout[0].box: "-p 8090:80" → "-p 8091:80"', 'hb[0].box is removed: "8090"'],
      },
    ]);
    const replaced = await box();
    expect(replaced).toContain(":8091->80");
    const again = await json("edit", "box", "--hb", "8091", "--run", "--yes");
    expect(again.result.containers[0]?.outcome).toBe("changed; runs already");
    expect(await box()).toBe(replaced);
  });

  test("what an edit without --run left is caught up on by the next with it", async () => {
    const left = await json("edit", "box", "--args", "-p 8092:80", "--hb", "none", "--yes");
    expect(left.result.containers[0]?.outcome).toBe(
      "changed; what runs is as before, `--run` makes it like the config",
    );
    expect(await box()).toContain(":8091->80");
    const caughtUp = await json("edit", "box", "--run", "--yes");
    expect(caughtUp.result.containers[0]?.outcome).toMatch(/^the config is as it was; replaced /);
    expect(await box()).toContain(":8092->80");
  });

  test("an edit --run that fails keeps the change in the config and the old container running", async () => {
    const before = await box();
    const failed = await json("edit", "box", "--args", "-p 8093:80 --bogus", "--run", "--yes");
    expect(failed).toMatchObject({
      exitCode: 1,
      result: { containers: [{ container: "box", node: "n1", changed: true, outcome: "changed" }] },
      failures: [
        {
          code: "docker-failed",
          container: "box",
          node: "n1",
          message: "Could not create box: unknown flag: --bogus. The old container was not touched.",
          hint: "The docker of n1 does not know this flag. Correct the entry's `args` in the layout. The config keeps the change: `pictl container edit box --run` tries again, or changes it again.",
        },
      ],
    });
    expect(document()).toMatchObject({ layout: [{ box: "-p 8093:80 --bogus" }, {}] });
    expect(await box()).toBe(before);
    const mended = await json("edit", "box", "--args", "-p 8093:80", "--run", "--yes");
    expect(mended.result.containers[0]?.outcome).toMatch(/^changed; replaced /);
    expect(await box()).toContain(":8093->80");
  });

  test("an add --run that fails keeps the container in the config", async () => {
    const args = "-p 8094:80 --entrypoint /nowhere";
    const failed = await json("add", "twin", "--node", "n1", "--args", args, "--image", "box", "--run");
    expect(failed).toMatchObject({
      exitCode: 1,
      result: { containers: [{ container: "twin", node: "n1", changed: true, outcome: "added" }] },
      failures: [{ container: "twin", node: "n1", message: expect.stringContaining("/nowhere") as string }],
    });
    expect(failed.failures[0]?.hint).toContain(
      "The container is in the config: `pictl create twin` tries again, `pictl container remove twin` takes it out.",
    );
    expect(document()).toMatchObject({ layout: [{ twin: { args, image: "box" } }, {}] });
    expect((await json("remove", "twin", "--yes")).ok).toBe(true);
  });

  test("remove touches nothing when something else stands where the config's lock should be", async () => {
    const before = [file(), await box()];
    const lock = `${lab.status().config}.lock`;
    mkdirSync(lock);
    try {
      expect((await json("remove", "box", "--yes")).failures).toMatchObject([{ code: "lock-held" }]);
    } finally {
      rmdirSync(lock);
    }
    expect([file(), await box()]).toEqual(before);
  });

  test("remove takes the container away, and the config is as it was before it came", async () => {
    const removed = await json("remove", "box", "--yes");
    expect(removed.result.containers).toMatchObject([{ container: "box", node: "n1", changed: true }]);
    expect(await box()).toBe("");
    expect(document()).toEqual(original);
  });

  test("a namesake that pictl did not make is left alone, and the layout can let go of it", async () => {
    await json("add", "box", "--node", "n2");
    await lab.inside("n2", "tar -cf - -T /dev/null | docker import - empty && docker create --name box empty true");
    const [failure] = (await json("remove", "box", "--yes")).failures;
    expect(failure).toMatchObject({ code: "container-foreign", node: "n2", container: "box" });
    expect(failure?.hint).toContain("It is still in the config. `--keep-running` takes it out all the same.");
    expect((await json("remove", "box", "--yes", "--keep-running")).ok).toBe(true);
    expect(document()).toEqual(original);
    await lab.inside("n2", "docker inspect box && docker rm box");
  });

  test("one of ours that no layout has is removed by its node; what is not there, or not ours, is not", async () => {
    await json("add", "box", "--node", "n2", "--run");
    const before = file();
    await json("remove", "box", "--yes", "--keep-running");
    expect((await json("remove", "box", "--yes")).failures).toMatchObject([{ code: "unknown-container" }]);
    expect((await json("remove", "box@n2", "--yes", "--keep-running")).failures).toMatchObject([
      { code: "unknown-container" },
    ]);
    const removed = await json("remove", "box@n2", "--yes");
    expect(removed.result.containers).toMatchObject([
      { container: "box", node: "n2", changed: true, outcome: "was not in the config; deleted", changes: [] },
    ]);
    expect(await lab.inside("n2", "docker ps --all --quiet --filter name=box")).toBe("");
    expect([document(), file() === before]).toEqual([original, false]);
    expect((await json("remove", "box@n2", "--yes")).failures).toMatchObject([{ code: "unknown-container" }]);
  });

  test("on a node that cannot be reached it stays in the config, unless forced", async () => {
    await json("add", "box", "--node", "n2");
    await lab.kill("n2");
    const kept = await json("remove", "box", "--yes");
    expect(kept.failures).toMatchObject([{ code: "node-unreachable", node: "n2", container: "box" }]);
    expect(document()).not.toEqual(original);
    const forced = await run("remove", "box", "--yes", "--force");
    expect(forced).toMatchObject({ code: 0, stderr: expect.stringContaining("may still run on n2") as string });
    expect(document()).toEqual(original);
  });
});
