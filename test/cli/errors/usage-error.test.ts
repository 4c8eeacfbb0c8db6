import { Args, Flags, type Interfaces } from "@oclif/core";
import { CLIError } from "@oclif/core/errors";
import * as Parser from "@oclif/core/parser";
import { expect, test } from "vitest";
import Stats from "../../../commands/stats.ts";
import { failuresOf } from "../../../src/cli/errors/failures.ts";
import { runCommand } from "../../support/command.ts";

const input: Interfaces.Input<object, object, object> = {
  args: {
    container: Args.string({ required: true, description: "The container." }),
    node: Args.string({ required: true, description: "The node." }),
  },
  flags: {
    json: Flags.boolean(),
    host: Flags.string({ multiple: true, multipleNonGreedy: true, exclusive: ["no-hosts"] }),
    "no-hosts": Flags.boolean(),
    timeout: Flags.integer({ min: 1 }),
    size: Flags.string({ options: ["small", "large"] }),
    trust: Flags.boolean({ dependsOn: ["host"] }),
  },
};

/** What is told of a command line that oclif's own parser refuses. */
async function told(words: string, definition = input): Promise<object | undefined> {
  try {
    await Parser.parse(words === "" ? [] : words.split(" "), definition);
  } catch (error) {
    return failuresOf(error, "config:set")[0];
  }
  throw new Error("it was not refused");
}

test.each([
  ["", "CONTAINER is missing: The container.\nNODE is missing: The node."],
  ["web", "NODE is missing: The node."],
  ["web n1 n2", '"n2" is more than the command takes.'],
  ["web n1 --jsn", "There is no flag --jsn; did you mean --json?"],
  [
    "web n1 --no-host=x --timeuot=3",
    "There is no flag --no-host=x; did you mean --no-hosts?\nThere is no flag --timeuot=3; did you mean --timeout?",
  ],
  ["web n1 --host", "--host needs a value."],
  ["web n1 --timeout 1s", '--timeout takes an integer, not "1s".'],
  ["web n1 --timeout 0", '--timeout takes an integer greater than or equal to 1, not "0".'],
  ["web n1 --timeout 1 --timeout 2", "--timeout may be given only once."],
  ["web n1 --size huge", "--size=huge is none of small, large."],
  ["web n1 --host n1 --no-hosts", "--no-hosts and --host exclude each other."],
  ["web n1 --trust", "--trust needs --host too."],
])("%j", async (words, message) => {
  expect(await told(words)).toEqual({ code: "usage", message, hint: "`pictl config set --help` shows what it takes." });
});

test("a required flag", async () => {
  const flags = { node: Flags.string({ required: true, summary: "Node it runs on." }) };
  expect(await told("", { flags, args: {} })).toMatchObject({ message: "--node is missing: Node it runs on." });
});

test.each([
  [
    "a value that looks like a flag: the way out is told",
    "web -p 80:80",
    "A value that begins with - stands last, after `--`. ",
  ],
  ["nodes are arguments there", "web --node n1", "Nodes stand there without a flag: `pictl config set NODE`. "],
])("%s", async (_, words, way) => {
  expect(await told(words)).toMatchObject({ hint: `${way}\`pictl config set --help\` shows what it takes.` });
});

test.each([
  ["exec", "docker ps -a", "What has flags of its own stands behind `--`: `pictl exec -- PROGRAM -a`. "],
  ["start", "web --node n1", "NAME@NODE is a container on one node. "],
  ["start", "web -n n1", "NAME@NODE is a container on one node. "],
])("pictl %s %s", async (command, words, way) => {
  const args = { [command === "exec" ? "command" : "container"]: Args.string({ multiple: true }) };
  await expect(Parser.parse(words.split(" "), { args, flags: {} })).rejects.toSatisfy(
    (error) => failuresOf(error, command)[0]?.hint === `${way}\`pictl ${command} --help\` shows what it takes.`,
  );
});

test("what has no words of ours is told as it is, without its headings", () => {
  const message = "The following error occurred:\n  --tail=x: not a number\nSee more help with --help";
  expect(failuresOf(new CLIError(message), "logs")).toMatchObject([
    { code: "usage", message: "--tail=x: not a number" },
  ]);
});

test.each([
  [["--watch", "0"], '--watch takes an integer greater than or equal to 1, not "0".'],
  [["--watch", "web"], "nowhere.json"],
])("stats %j: a number behind --watch is its seconds, a name is a container", async (words, expected) => {
  const { code, stderr } = await runCommand(Stats, words, "/nowhere.json");
  expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
});
