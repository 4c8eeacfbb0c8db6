import { Config } from "@oclif/core/config";
import type { Interfaces } from "@oclif/core";
import { didYouMean } from "../../domain/config/findings/suggest.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { failureText } from "../../view/failures.ts";
import { failuresOf } from "./failures.ts";
import { jsonFailure, jsonText } from "../../view/document.ts";
import { describeTerminal } from "../output/terminal.ts";

/** Reports why no command started (there is none of that name, or a bug), as a command would. Returns the exit code. */
export async function reportStartFailure(
  error: unknown,
  words: readonly string[],
  options: Interfaces.Options,
): Promise<number> {
  const isUnknown = isUnknownCommand(error);
  const failures = isUnknown
    ? [toFailure(unknownCommand(words, await knownCommands(options)))]
    : failuresOf(error, undefined);
  const document = jsonFailure(failures);
  if (words.includes("--json")) {
    process.stdout.write(`${jsonText(document)}\n`);
  } else {
    const terminal = describeTerminal(
      { env: process.env, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
      { noColor: words.includes("--no-color"), json: false },
    );
    process.stderr.write(failureText(terminal.err, failures));
  }
  if (words.includes("--debug") && error instanceof Error && !isUnknown)
    process.stderr.write(`${error.stack ?? error.message}\n`);
  return document.exitCode;
}

/** oclif has no type for it: `run` says "command x not found", its help says "Command x not found.". */
function isUnknownCommand(error: unknown): boolean {
  return error instanceof Error && "oclif" in error && /^command .* not found\.?$/is.test(error.message);
}

/** "stauts web" → status; "config chek" → config check; "--json nodes" → nodes --json. */
function unknownCommand(words: readonly string[], known: readonly string[]): PictlError {
  if (words[0]?.startsWith("-")) {
    return new PictlError("usage", `"${words[0]}" stands where a command is expected.`, {
      hint: "The command comes first, then its flags: `pictl nodes --json`. `pictl --help` lists the commands.",
    });
  }
  const [first = "", second, third] = words.filter((word) => !word.startsWith("-") && word !== "help");
  const both = second === undefined ? first : `${first} ${second}`;
  const inTopic = known.filter((command) => command.startsWith(`${first} `));
  // oclif takes all words for the name of a command that has no arguments.
  const [command, surplus] = inTopic.length > 0 ? [both, third] : [first, second];
  if (surplus !== undefined && known.includes(command)) {
    return new PictlError("usage", `"${surplus}" is more than the command takes.`, {
      hint: `\`pictl ${command} --help\` shows what it takes.`,
    });
  }
  const [given, candidates] =
    inTopic.length > 0 ? [both, inTopic] : [first, known.map((command) => command.split(" ")[0] ?? command)];
  return new PictlError("usage", `There is no command "${given}"${didYouMean(given, new Set(candidates)) || "."}`, {
    hint: `\`pictl ${inTopic.length > 0 ? `${first} ` : ""}--help\` lists the commands.`,
  });
}

async function knownCommands(options: Interfaces.Options): Promise<string[]> {
  const config = await Config.load(options);
  return config.commands.filter((command) => !command.hidden).map((command) => command.id.replaceAll(":", " "));
}
