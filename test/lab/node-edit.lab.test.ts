import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { NodeChangeRow } from "../../src/app/node/change.ts";
import type { KeyRow } from "../../src/app/node/trust.ts";
import NodeAdd from "../../commands/node/add.ts";
import NodeRemove from "../../commands/node/remove.ts";
import NodeTrust from "../../commands/node/trust.ts";
import Nodes from "../../commands/nodes.ts";
import type { NodeRow } from "../../src/app/nodes.ts";
import { pictl } from "../support/cli.ts";
import { type DocumentOf, documentOf, runCommand } from "../support/command.ts";
import { labObstacle, withLab } from "../support/lab.ts";

const obstacle = await labObstacle({ docker: false });

describe.skipIf(obstacle !== undefined)("node add, remove and trust", () => {
  const lab = withLab({ nodes: 3, docker: false });
  let config = "";
  let knownHosts = "";

  const commands = { add: NodeAdd, remove: NodeRemove, trust: NodeTrust };
  const node = ([verb, ...words]: ["add" | "remove" | "trust", ...string[]]) =>
    runCommand(commands[verb], words, config);
  const json = async ([verb, ...words]: ["add" | "remove" | "trust", ...string[]]) =>
    documentOf(await node([verb, ...words, "--json"])) as DocumentOf<{ nodes: NodeChangeRow[]; keys: KeyRow[] }>;
  /** Those of the nodes that can be logged in to. */
  const reachable = async (...patterns: string[]): Promise<string[]> => {
    const { result } = documentOf(await runCommand(Nodes, [...patterns, "--json"], config)) as DocumentOf<{
      nodes: NodeRow[];
    }>;
    return result.nodes.filter((row) => row.reachable).map((row) => row.node);
  };
  const file = (): Promise<string> => readFile(config, "utf8");
  /** The line of known_hosts for a node, from the lab's own file. */
  const hostKey = async (name: string): Promise<string> => {
    const all = await readFile(join(dirname(lab.status().config), "known_hosts"), "utf8");
    return all.split("\n").find((line) => line.startsWith(`${lab.node(name).address} `)) ?? "";
  };
  const fingerprintOf = async (name: string): Promise<string> => {
    const said = await lab.inside(name, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    return said.split(" ")[1] ?? "";
  };

  /** n1 and n2 are known and trusted, n1 has a container; n3 is a stranger. Comments and layout are the user's own. */
  const original = (): string => `# my cluster
cluster: edit
ssh: {user: root, identity_file: key, known_hosts_file: edit_known_hosts}
state_dir: edit-state
layout:
  - node: n1 # the first
    web: -p 80:80
  - node: n2
hb:
  - {node: n1, web: 80}
container_host_constraints:
  - container: web, n1, n2
nodes:
  n1: {address: ${lab.node("n1").address}}
  n2: {address: ${lab.node("n2").address}} # the second
`;

  beforeEach(async () => {
    config = join(dirname(lab.status().config), "edit.yaml");
    knownHosts = join(dirname(config), "edit_known_hosts");
    await writeFile(config, original(), { mode: 0o600 });
    await writeFile(knownHosts, `${await hostKey("n1")}\n${await hostKey("n2")}\n`);
  });

  const add = (...words: string[]): ["add", ...string[]] => [
    "add",
    "n3",
    "--address",
    lab.node("n3").address,
    ...words,
  ];

  test("a stranger is not added: refused with the way to trust it, nothing written", async () => {
    const { code, stdout, stderr } = await node(add());
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain("repeat this with `--trust`");
    expect(await file()).toBe(original());
  });

  test("--trust asks, and without a terminal names the flags", async () => {
    const { code, stderr } = await node(add("--trust"));
    expect(code).toBe(4);
    expect(stderr).toContain("--fingerprint");
    expect(stderr).toContain("--yes");
    expect(await file()).toBe(original());
  });

  test("a pinned fingerprint is trusted, the node tried and added; comments stay", async () => {
    const fingerprint = await fingerprintOf("n3");
    const { code, stdout, stderr } = await node(add("--trust", "--fingerprint", fingerprint, "--label", "rack=b"));
    expect(code).toBe(0);
    expect(stdout).toBe(
      `n3: added\n  layout[2] = {"node":"n3"}\n  nodes.n3 = {"address":"${lab.node("n3").address}","labels":{"rack":"b"}}\n`,
    );
    // The lab's nodes have no Docker here: a warning, and no reason to refuse.
    expect(stderr).toContain("pictl doctor n3");
    const text = await file();
    for (const line of ["# my cluster", "- node: n1 # the first", "# the second", "- node: n3"])
      expect(text).toContain(line);
    expect(await readFile(`${config}.bak`, "utf8")).toBe(original());
    expect((await readFile(knownHosts, "utf8")).trim().split("\n")).toHaveLength(3);
    expect(await reachable("rack=b")).toEqual(["n3"]);
    expect((await node(add())).code).toBe(2);
  });

  test("another fingerprint than the pinned one: refused, nothing stored", async () => {
    const { failures, exitCode } = await json(add("--trust", "--fingerprint", await fingerprintOf("n1")));
    expect(exitCode).toBe(4);
    expect(failures).toMatchObject([{ code: "host-key-changed", node: "n3" }]);
    expect(await file()).toBe(original());
    expect(await readFile(knownHosts, "utf8")).not.toContain(lab.node("n3").address);
  });

  test("--dry-run says what it would write, and writes nothing", async () => {
    const { result } = await json(add("--dry-run", "--no-check"));
    expect(result.nodes).toMatchObject([{ node: "n3", changed: false, outcome: "would be added" }]);
    expect(await file()).toBe(original());
  });

  test("--no-check adds what does not answer", async () => {
    const { code } = await node(["add", "n9", "--address", "127.0.0.1", "--port", "1", "--no-check"]);
    expect(code).toBe(0);
    expect(await file()).toContain("- node: n9");
    expect((await node(["add", "n8", "--address", "127.0.0.1", "--port", "1"])).code).toBe(3);
  });

  test("remove refuses while containers are placed there, and without an answer", async () => {
    const placed = await json(["remove", "n1", "--yes"]);
    expect(placed).toMatchObject({ exitCode: 1, failures: [{ code: "node-in-use", node: "n1" }] });
    expect(await json(["remove", "n2"])).toMatchObject({ exitCode: 4, failures: [{ code: "confirmation-missing" }] });
    expect(await json(["remove", "n", "--yes"])).toMatchObject({ exitCode: 2, failures: [{ code: "unknown-node" }] });
    expect(await file()).toBe(original());
  });

  test("remove takes every mention out, and only what is meant", async () => {
    const { result } = await json(["remove", "n2", "--yes"]);
    expect(result.nodes[0]?.changes).toEqual([
      "layout[1] is removed",
      'container_host_constraints[0].container = "web, n1"',
      "nodes.n2 is removed",
    ]);
    const text = await file();
    expect(text).not.toContain("n2");
    for (const line of ["# my cluster", "- node: n1 # the first", "web: -p 80:80", "- {node: n1, web: 80}"]) {
      expect(text).toContain(line);
    }
    expect((await node(["remove", "n1", "--force", "--yes"])).code).toBe(0);
    expect((await node(["trust"])).stdout).toBe("");
  });

  test("a dead node can be removed", async () => {
    await node(["add", "n9", "--address", "127.0.0.1", "--port", "1", "--no-check"]);
    const { code, stderr } = await node(["remove", "n9", "--yes"]);
    expect(code).toBe(0);
    expect(stderr).toContain("n9 could not be asked whether containers still run there.");
  });

  test("a person is asked, and a no changes nothing", async () => {
    const no = await pictl(["node", "remove", "n2"], { config, terminal: true, stdin: "n\n" });
    expect(no.stdout).toContain("Take n2 out of ");
    expect(no.code).toBe(4);
    expect(await file()).toBe(original());
    expect((await pictl(["node", "remove", "n2"], { config, terminal: true, stdin: "y\n" })).code).toBe(0);
    expect(await file()).not.toContain("n2");
  });

  test("trust: what is trusted stays, what is new needs an answer", async () => {
    expect((await json(["trust", "--yes"])).result.keys.map((row) => row.state)).toEqual(["trusted", "trusted"]);
    await writeFile(knownHosts, await hostKey("n1"));
    expect(await json(["trust"])).toMatchObject({
      exitCode: 4,
      failures: [{ code: "confirmation-missing", node: "n2" }],
    });
    const { result } = await json(["trust", "--yes"]);
    expect(result.keys.map(({ node: name, state, fingerprint }) => [name, state, fingerprint])).toEqual([
      ["n1", "trusted", await fingerprintOf("n1")],
      ["n2", "stored", await fingerprintOf("n2")],
    ]);
    expect(await reachable()).toEqual(["n1", "n2"]);
  });

  test("trust: a changed key is refused with both fingerprints and the place, until it may be replaced", async () => {
    const n2 = lab.node("n2").address;
    const wrong = (await hostKey("n1")).replace(/^\S+/, n2);
    await writeFile(knownHosts, `${await hostKey("n1")}\n${wrong}\n`);
    const refused = await json(["trust", "n2", "--yes"]);
    expect(refused.exitCode).toBe(4);
    const message = refused.failures[0]?.message ?? "";
    for (const part of [await fingerprintOf("n1"), await fingerprintOf("n2"), `${knownHosts}:2`])
      expect(message).toContain(part);
    expect(await readFile(knownHosts, "utf8")).toContain(wrong);

    expect((await node(["trust", "n2", "--replace", "--fingerprint", await fingerprintOf("n1")])).code).toBe(4);
    expect((await node(["trust", "n2", "--replace", "--fingerprint", await fingerprintOf("n2")])).code).toBe(0);
    expect(await readFile(knownHosts, "utf8")).not.toContain(wrong);
    expect(await reachable("n2")).toEqual(["n2"]);
  });

  test("trust: a jump host comes first, and is asked about once", async () => {
    const behind = (name: string) =>
      `  ${name}: {address: ${lab.node(name).address}, proxy_jump: "${lab.node("n1").address}"}`;
    await writeFile(
      config,
      `ssh: {user: root, identity_file: key, known_hosts_file: edit_known_hosts}
state_dir: edit-state
layout: [{node: n2}, {node: n3}]
nodes:
${behind("n2")}
${behind("n3")}
`,
    );
    await writeFile(knownHosts, "");
    const { result, exitCode } = await json(["trust", "--yes"]);
    expect(exitCode).toBe(0);
    const jump = lab.node("n1").address;
    expect(result.keys.map((row) => [row.node, row.hop, row.state])).toEqual([
      ["n2", jump, "stored"],
      ["n3", jump, "stored"],
      ["n2", null, "stored"],
      ["n3", null, "stored"],
    ]);
    expect((await readFile(knownHosts, "utf8")).trim().split("\n")).toHaveLength(3);
    expect(await reachable()).toEqual(["n2", "n3"]);
  });
});
