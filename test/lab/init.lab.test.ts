import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import ConfigCheck from "../../commands/config/check.ts";
import Init from "../../commands/init.ts";
import { startPictl } from "../support/cli.ts";
import { documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { openLab } from "../support/test-lab.ts";

const obstacle = await labObstacle({ docker: false });

describe.skipIf(obstacle !== undefined)("init", () => {
  const lab = withLab({ nodes: 2, docker: false });
  let folder = "";
  let output = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pictl-init-"));
    output = join(folder, "config.json");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const init = (nodes: readonly string[], ...words: string[]) => {
    const key = join(dirname(lab.status().config), "key");
    const places = ["--identity-file", key, "--known-hosts-file", join(folder, "known_hosts"), "--output", output];
    const named = nodes.flatMap((node) => ["--node", node]);
    return runCommand(Init, [...named, "--user", "root", ...places, "--json", ...words], "/dev/null");
  };
  const address = (node: string): string => `${node}=${lab.node(node).address}`;

  test("trusts and tries every node, and writes a config that passes the check", async () => {
    const nodes = [address("n1"), address("n2")];
    const document = documentOf(await init(nodes, "--container", "web", "--image", "nginx:1", "--yes"));
    expect(document).toMatchObject({
      ok: true,
      result: { file: output, changed: true, nodes: [{ node: "n1" }, { node: "n2" }] },
    });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "known_hosts"), "utf8").trim().split("\n")).toHaveLength(2);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "known_hosts"]);
    expect((await runCommand(ConfigCheck, [], output)).code).toBe(0);
  });

  test("what was written though the config was not is told, with each fingerprint", async () => {
    const document = documentOf(await init([address("n1"), "n9=127.0.0.1"], "--yes"));
    const known = join(folder, "known_hosts");
    expect(document).toMatchObject({ exitCode: 3, failures: [{ node: "n9" }] });
    expect(document.failures[0]?.hint).toContain(`No config was written, only host keys of n1 into ${known};`);
    expect(document.result).toMatchObject({ keys: [{ node: "n1", state: "stored", file: known }] });
  });

  test("a host key that has changed is refused, with what to do where there is no config yet", async () => {
    const known = join(folder, "known_hosts");
    const [, other = ""] = readFileSync(join(lab.status().dir, "known_hosts"), "utf8")
      .split("\n")
      .map((line) => line.replace(/^\S+/, lab.node("n1").address));
    writeFileSync(known, `${other}\n`);
    const document = documentOf(await init([address("n1")], "--yes"));
    expect(document).toMatchObject({ exitCode: 4, failures: [{ node: "n1", code: "host-key-changed" }] });
    expect(document.failures[0]?.message).toContain(`${known}:1`);
    expect(document.failures[0]?.hint).toContain("delete the line that is named");
    expect(readdirSync(folder)).toEqual(["known_hosts"]);
  });

  test("without a terminal, an unknown host key is not trusted unless that is said", async () => {
    const document = documentOf(await init([address("n1")]));
    expect(document).toMatchObject({ exitCode: 4, failures: [{ node: "n1", code: "confirmation-missing" }] });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("Ctrl-C at the question about one host key leaves the others unasked, and nothing is written", async () => {
    const places = ["--known-hosts-file", join(folder, "known_hosts"), "--output", output];
    const nodes = [address("n1"), address("n2")].flatMap((node) => ["--node", node]);
    const asking = startPictl(["init", ...nodes, ...places], { config: "/dev/null", terminal: true });
    await vi.waitUntil(() => asking.said().includes("(y/N)"), { timeout: 60_000 });
    asking.type("\x03");
    const { code, stdout } = await asking.ended;
    expect(code).toBe(130);
    expect(stripVTControlCharacters(stdout)).toContain("n2: Not asked, because of the interruption.");
    expect(stdout).not.toMatch(/Write the config all the same|--no-check/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a node that cannot be reached: nothing is written, unless nobody asks it", async () => {
    const gone = `n9=${lab.node("n1").address.replace(/\d+$/, "99")}`;
    expect(documentOf(await init([gone], "--yes"))).toMatchObject({
      exitCode: 3,
      result: { changed: false },
      failures: [{ node: "n9", code: "node-unreachable" }],
    });
    expect(readdirSync(folder)).toEqual([]);
    expect((await init([gone], "--no-check")).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });

  test("without --output the file that --config names is written", async () => {
    const { code, stderr } = await runCommand(Init, ["--node", "n1", "--no-check"], output);
    expect(code, stderr).toBe(0);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });

  test("what could not be written is not shown by a dry run either", async () => {
    const { code, stdout, stderr } = await runCommand(
      Init,
      ["--node", "n1", "--container", "web", "--args", "-p 80:80 --name x", "--dry-run"],
      output,
    );
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("--name is not possible")]);
  });

  test("a config that is there stays, unless --force is given", async () => {
    writeFileSync(output, "mine");
    expect(documentOf(await init(["n1"], "--no-check"))).toMatchObject({
      exitCode: 4,
      failures: [{ code: "confirmation-missing" }],
    });
    expect(readFileSync(output, "utf8")).toBe("mine");
    expect((await init(["n1"], "--no-check", "--force")).code).toBe(0);
    expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({ layout: [{ node: "n1" }] });
  });
});

const noDocker = await labObstacle();

test.skipIf(noDocker !== undefined)(
  "init tells of a node whose daemon answers and whose docker client is missing",
  async () => {
    const lab = await openLab({ nodes: 1 });
    const folder = mkdtempSync(join(tmpdir(), "pictl-init-"));
    try {
      await lab.inside("n1", "rm -f $(which -a docker)");
      const words = [
        "--node",
        `n1=${lab.node("n1").address}`,
        "--user",
        "root",
        "--output",
        join(folder, "config.json"),
      ];
      const files = [
        "--identity-file",
        join(lab.status().dir, "key"),
        "--known-hosts-file",
        join(folder, "known_hosts"),
      ];
      const { code, stdout, stderr } = await runCommand(Init, [...words, ...files, "--yes"], "/dev/null");
      expect([code, stdout]).toEqual([
        0,
        expect.stringContaining("n1: There is no docker program in the PATH of commands that come over SSH."),
      ]);
      expect(stderr).toContain("apt-get install docker.io");
    } finally {
      rmSync(folder, { recursive: true });
      await lab.down();
    }
  },
);
