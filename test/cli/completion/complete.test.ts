import type { Command } from "@oclif/core";
import { describe, expect, test } from "vitest";
import { sourceManifest } from "../../architecture/source-manifest.ts";
import { complete, type Completion, type Names, type ReadNames } from "../../../src/cli/completion/complete.ts";

const flags = {
  config: { name: "config", type: "option", char: "c", helpValue: "FILE", summary: "Config file." },
  json: { name: "json", type: "boolean", allowNo: false, summary: "Print JSON." },
};
const node = { name: "node", type: "option", char: "n", multiple: true, summary: "Only these nodes." };

const commands = [
  command("status", { aliases: ["ps"], args: [{ name: "container", multiple: true }], flags: { ...flags, node } }),
  command("ps", { aliases: ["ps"], args: [{ name: "container", multiple: true }], flags: { ...flags, node } }),
  command("move", { args: [{ name: "container" }, { name: "node" }], flags }),
  command("image:push", { hidden: true, args: [{ name: "image" }], flags }),
  command("completion", { args: [{ name: "shell", options: ["bash", "fish"] }], flags }),
  command("config:check", { flags }),
  command("config:set", { args: [{ name: "path" }], flags }),
  command("secret", { hidden: true, flags }),
  command("vip", { args: [{ name: "node" }], flags }),
  command("vip:move", { args: [{ name: "candidate" }, { name: "node" }], flags }),
  command("vip:release", { args: [{ name: "vip" }], flags }),
  command("tail", { flags: { ...flags, colour: { name: "colour", type: "boolean", allowNo: true } } }),
];

const names: Names = {
  nodes: ["n1", "n2"],
  labels: ["rack=1"],
  containers: ["web", "web@n1", "web@n2", "db"],
  copies: ["web@n1", "web@n2", "db@n1"],
  commands: ["uptime"],
  vips: ["10.0.0.9"],
  images: ["registry.lan:5000/web:1.2", "redis:7"],
  repositories: ["registry.lan:5000/web", "redis"],
  paths: ["ssh", "ssh.user", "layout[0].web"],
};

describe("commands", () => {
  test.each([
    ["", ["status", "move", "completion", "config", "vip", "tail", "help"]],
    ["stat", ["status", "move", "completion", "config", "vip", "tail", "help"]],
    ["config ", ["check", "set"]],
    ["nonsense ", []],
    ["config nonsense ", []],
    ["help ", ["status", "move", "completion", "config", "vip", "tail"]],
    ["help config ", ["check", "set"]],
    ["help status ", []],
    ["vip ", ["move", "release", "n1", "n2"]],
    ["-", []],
    ["--json ", ["status", "move", "completion", "config", "vip", "tail", "help"]],
    ["-c other.json sta", ["status", "move", "completion", "config", "vip", "tail", "help"]],
    ["-c other.json help config ", ["check", "set"]],
  ])("%j", async (line, expected) => {
    expect(await values(line)).toEqual(expected);
  });

  test("a command brings its summary along", async () => {
    expect(await completion("config ")).toContainEqual({ value: "check", description: "Summary of config:check." });
  });
});

describe("arguments", () => {
  test.each([
    ["status ", names.containers],
    ["ps ", names.containers],
    ["status web ", names.containers],
    ["status db@", names.copies],
    ["move web ", ["n1", "n2"]],
    ["move web n1 ", []],
    ["vip move ", ["10.0.0.9", "n1", "n2"]],
    ["vip move 10.0.0.9 ", ["n1", "n2"]],
    ["vip release ", ["10.0.0.9"]],
    ["status --json ", names.containers],
    ["status -- ", names.containers],
    ["status -- --", names.containers],
    ["completion ", ["bash", "fish"]],
    ["config set ", names.paths],
    ["-c other.json status ", names.containers],
    ["--json -cother.json move web ", ["n1", "n2"]],
    ["--json vip ", ["move", "release", "n1", "n2"]],
    ["--concurrency ", []],
  ])("%j", async (line, expected) => {
    expect(await values(line)).toEqual(expected);
  });
});

describe("flags", () => {
  test.each([
    ["move -", ["--config", "--json", "--help"]],
    ["move --json --", ["--config", "--help"]],
    ["move -c x --", ["--json", "--help"]],
    ["status --node n1 --no", ["--config", "--json", "--node", "--help"]],
    ["tail --", ["--config", "--json", "--colour", "--no-colour", "--help"]],
    ["tail --no-colour --", ["--config", "--json", "--help"]],
    ["status --node ", ["n1", "n2", "rack=1"]],
    ["status -n ", ["n1", "n2", "rack=1"]],
    ["status -n n1 ", names.containers],
    ["status --node=", ["--node=n1", "--node=n2", "--node=rack=1"]],
    ["status --node=n1 ", names.containers],
    ["status --json=", []],
    ["status --nonsense=", []],
    ["status --nonsense ", names.containers],
  ])("%j", async (line, expected) => {
    expect(await values(line)).toEqual(expected);
  });

  test("a flag that takes a file leaves it to the shell", async () => {
    expect(await completion("status --config ")).toBe("files");
    expect(await completion("status -c ./con")).toBe("files");
    expect(await completion("image push ./ap")).toBe("files");
    expect(await completion("-c ")).toBe("files");
    expect(await completion("--json --config ./con")).toBe("files");
  });

  test.each([
    ["status --config other.json "],
    ["--config other.json status "],
    ["status -c other.json "],
    ["status --config=other.json "],
    ["status -cother.json "],
  ])("%j reads the names of that config", async (line) => {
    const read: (string | undefined)[] = [];
    await completion(line, async (config) => {
      read.push(config);
      return names;
    });
    expect(read).toEqual(["other.json"]);
  });

  test.each([[""], ["status --"], ["completion "], ["config "]])("%j needs no config", async (line) => {
    await completion(line, () => Promise.reject(new Error("read the config")));
  });
});

describe("of the real commands", async () => {
  const { commands: real } = await sourceManifest();
  const nodes = [...names.nodes, ...names.labels];

  test.each([
    ["shell ", [...names.containers, ...names.nodes]],
    ["run ", names.commands],
    ["config get ", names.paths],
    ["logs ", names.containers],
    ["container edit ", names.containers],
    ["container edit web --host ", names.nodes],
    ["container remove ", names.containers],
    ["container add shop --node ", nodes],
    ["image remove ", [...names.images, ...names.containers]],
    ["build ", names.containers],
    ["pull ", names.images],
    ["tags ", names.repositories],
    ["container edit web --image ", [...names.images, ...names.containers]],
    ["node remove ", names.nodes],
    ["node drain ", names.nodes],
    ["node cordon ", nodes],
    ["lab kill ", names.nodes],
    ["move web ", names.nodes],
    ["vip move ", [...names.vips, ...names.nodes]],
  ])("%j", async (line, expected) => {
    const found = await complete(line.split(" "), Object.values<Command.Cached>(real), () => Promise.resolve(names));
    expect(found === "files" ? found : found.map(({ value }) => value)).toEqual(expected);
  });
});

async function values(line: string): Promise<string[]> {
  const found = await completion(line);
  return found === "files" ? [] : found.map(({ value }) => value);
}

function completion(line: string, readNames: ReadNames = async () => names): Promise<Completion> {
  return complete(line.split(" "), commands, readNames);
}

function command(
  id: string,
  {
    args = [],
    ...rest
  }: {
    args?: { name: string; multiple?: boolean; options?: string[] }[];
    flags?: object;
    aliases?: string[];
    hidden?: boolean;
  },
): Command.Cached {
  const byName = Object.fromEntries(args.map((arg) => [arg.name, arg]));
  const defaults = { id, aliases: [], hiddenAliases: [], hidden: false, flags: {}, summary: `Summary of ${id}.` };
  return { ...defaults, ...rest, args: byName };
}
