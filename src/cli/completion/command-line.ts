import type { Command } from "@oclif/core";

/** A command line up to the cursor, read as oclif will read it. */
export interface CommandLine {
  /** The words of a topic or a command that a subcommand at the cursor would go on; undefined when none can stand there. */
  readonly topic: readonly string[] | undefined;
  /** The command that was typed, if it is complete. */
  readonly command: Command.Cached | undefined;
  /** Names of the flags given before the cursor. */
  readonly used: ReadonlySet<string>;
  /** The value of `--config`, if given. */
  readonly config: string | undefined;
  /** The flag whose value stands at the cursor. */
  readonly valueOf: Command.Flag.Cached | undefined;
  /** How many arguments stand before the cursor. */
  readonly position: number;
  /** A `--` was typed: from here on there are only arguments. */
  readonly argumentsOnly: boolean;
}

/**
 * Reads the words before the cursor (without `pictl`, without the word that is being typed); `ahead`: the global flags that
 * stood before them.
 */
export function readCommandLine(
  words: readonly string[],
  commands: readonly Command.Cached[],
  ahead: readonly string[],
): CommandLine {
  const { command, length } = longestCommand(words, commands);
  const used = new Set<string>();
  let config: string | undefined;
  let valueOf: Command.Flag.Cached | undefined;
  let position = 0;
  let argumentsOnly = false;
  for (const word of [...ahead, ...words.slice(length)]) {
    if (valueOf !== undefined) {
      if (valueOf.name === "config") config = word;
      valueOf = undefined;
    } else if (argumentsOnly || !word.startsWith("-") || word === "-") {
      position += 1;
    } else if (word === "--") {
      argumentsOnly = true;
    } else {
      const { flag, value } = readFlag(word, command);
      if (flag === undefined) continue;
      used.add(flag.name);
      if (flag.type === "option" && value === undefined) valueOf = flag;
      if (flag.name === "config") config = value;
    }
  }
  const topic = length === words.length ? words : undefined;
  return { topic, command, used, config, valueOf, position, argumentsOnly };
}

/** The command with the most words that the line begins with; where there is none, as many words as form a topic. */
function longestCommand(
  words: readonly string[],
  commands: readonly Command.Cached[],
): { command: Command.Cached | undefined; length: number } {
  for (let length = words.length; length > 0; length -= 1) {
    const id = words.slice(0, length).join(":");
    const command = commands.find((each) => each.id === id);
    if (command !== undefined) return { command, length };
    if (commands.some((each) => each.id.startsWith(`${id}:`))) return { command: undefined, length };
  }
  return { command: undefined, length: 0 };
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, `--no-name`. */
export function readFlag(
  word: string,
  command: Command.Cached | undefined,
): { flag: Command.Flag.Cached | undefined; value: string | undefined } {
  const flags = Object.values(command?.flags ?? {});
  if (!word.startsWith("--")) {
    const flag = flags.find((each) => each.char === word[1]);
    return { flag, value: word.length > 2 ? word.slice(2) : undefined };
  }
  const equals = word.indexOf("=");
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const flag = flags.find((each) => each.name === name || (each.type === "boolean" && `no-${each.name}` === name));
  return { flag, value: equals === -1 ? undefined : word.slice(equals + 1) };
}
