import type { Command } from "@oclif/core";
import { leadingFlags } from "../errors/leading-flags.ts";
import { type CommandLine, readCommandLine, readFlag } from "./command-line.ts";

export interface CompletionCandidate {
  readonly value: string;
  readonly description?: string;
}

/** What may stand at the cursor; `files` leaves it to the shell. */
export type Completion = "files" | readonly CompletionCandidate[];

/** The names of the config; asked for only where one of them may stand. `config` is the value of `--config`. */
export type ReadNames = (config: string | undefined) => Promise<Names>;

export interface Names {
  readonly nodes: readonly string[];
  /** `label=value` of any node. */
  readonly labels: readonly string[];
  /** `web`, and `web@n1` where there is more than one. */
  readonly containers: readonly string[];
  /** `web@n1`, of every container. */
  readonly copies: readonly string[];
  /** Labels of the saved commands. */
  readonly commands: readonly string[];
  /** Virtual IPs. */
  readonly vips: readonly string[];
  /** Images that the config names, with their tags. */
  readonly images: readonly string[];
  /** The same without. */
  readonly repositories: readonly string[];
  /** Where something stands in the config: `ssh.user`, `layout[1].web`. */
  readonly paths: readonly string[];
}

/**
 * Candidates for the last of `words` (which may be empty), the words of the command line after `pictl` up to the
 * cursor. What a flag or an argument takes is told by its name, which means the same in every command: `node` is a
 * node, `container` a container.
 */
export async function complete(
  words: readonly string[],
  commands: readonly Command.Cached[],
  readNames: ReadNames,
): Promise<Completion> {
  const { flags, command, open } = leadingFlags(words.slice(0, -1));
  if (open) return flags.at(-1) === "--concurrency" ? [] : "files";
  const help = command[0] === "help";
  const typed = help ? command.slice(1) : command;
  const current = words.at(-1) ?? "";
  const line = readCommandLine(typed, commands, flags);
  const subcommands = line.topic === undefined ? [] : subcommandsOf(line.topic, commands);
  if (help) return subcommands;
  if (line.command === undefined) {
    if (line.topic === undefined || current.startsWith("-")) return [];
    return typed.length > 0
      ? subcommands
      : [...subcommands, { value: "help", description: "Show a command's manual page." }];
  }
  const { id } = line.command;
  const valuesFor = (entry: Command.Flag.Cached | Command.Arg.Cached): Promise<Completion> =>
    valuesOf(entry, { command: id, current, readNames: () => readNames(line.config) });
  if (line.valueOf !== undefined) return valuesFor(line.valueOf);
  if (current.startsWith("-") && !line.argumentsOnly) return flagsOrValue(current, line, line.command, valuesFor);
  const argument = argumentAt(line.command, line.position);
  const values = argument === undefined ? [] : await valuesFor(argument);
  return values === "files" ? values : [...subcommands, ...values];
}

/** The next words of the commands that begin with these words; a topic has no description here. */
function subcommandsOf(topic: readonly string[], commands: readonly Command.Cached[]): readonly CompletionCandidate[] {
  const found = new Map<string, CompletionCandidate>();
  for (const { id, aliases, hidden, summary } of commands) {
    const words = id.split(":");
    const value = words[topic.length];
    // An alias is a command of its own here; offering it too would only make the list longer.
    if (hidden || aliases.includes(id) || value === undefined || topic.some((word, index) => words[index] !== word))
      continue;
    if (words.length === topic.length + 1) found.set(value, { value, ...(summary ? { description: summary } : {}) });
    else if (!found.has(value)) found.set(value, { value });
  }
  return [...found.values()];
}

async function flagsOrValue(
  current: string,
  line: CommandLine,
  command: Command.Cached,
  valuesFor: (flag: Command.Flag.Cached) => Promise<Completion>,
): Promise<Completion> {
  const equals = current.indexOf("=");
  if (equals !== -1) {
    const { flag } = readFlag(current, command);
    const values = flag?.type === "option" ? await valuesFor(flag) : [];
    // A shell completes whole words, and this word's file name begins in its middle.
    if (values === "files") return [];
    return values.map((candidate) => ({ ...candidate, value: current.slice(0, equals + 1) + candidate.value }));
  }
  return [
    ...Object.values(command.flags)
      .filter((flag) => !flag.hidden && (!line.used.has(flag.name) || (flag.type === "option" && flag.multiple)))
      .flatMap((flag) => {
        const description = flag.summary ? { description: flag.summary } : {};
        const names = flag.type === "boolean" && flag.allowNo ? [flag.name, `no-${flag.name}`] : [flag.name];
        return names.map((name) => ({ value: `--${name}`, ...description }));
      }),
    { value: "--help", description: "Show the command's manual page." },
  ];
}

function argumentAt(command: Command.Cached, position: number): Command.Arg.Cached | undefined {
  const all = Object.values(command.args);
  const last = all.at(-1);
  return all[position] ?? (last?.multiple ? last : undefined);
}

async function valuesOf(
  entry: Command.Flag.Cached | Command.Arg.Cached,
  { command, current, readNames }: { command: string; current: string; readNames: () => Promise<Names> },
): Promise<Completion> {
  const { options } = entry as { readonly options?: readonly string[] };
  if (options !== undefined) return options.map((value) => ({ value }));
  if ("helpValue" in entry && /FILE|FOLDER|DIR|PATH/.test(String(entry.helpValue))) return "files";
  const named = kindsIn[command]?.[entry.name] ?? kindsNamed[entry.name] ?? [];
  if (named === "files") return named;
  const several = "multiple" in entry && entry.multiple;
  // A node that is the only one of a container need not be said, but may be.
  const kinds = named
    .map((kind) => (kind === "containers" && current.includes("@") ? "copies" : kind))
    .filter((kind) => kind !== "labels" || several);
  if (kinds.length === 0) return [];
  const names = await readNames();
  return kinds.flatMap((kind) => names[kind].map((value) => ({ value, description: descriptions[kind] })));
}

const kindsNamed: Partial<Record<string, readonly (keyof Names)[] | "files">> = {
  node: ["nodes", "labels"],
  container: ["containers"],
  image: ["images", "containers"],
  label: ["commands"],
  vip: ["vips"],
  place: ["containers", "nodes"],
  candidate: ["vips", "nodes"],
  file: "files",
  path: ["paths"],
  host: ["nodes"],
};

/** Where a name means something else than elsewhere. */
const kindsIn: Partial<Record<string, typeof kindsNamed>> = {
  build: { image: ["containers"] },
  "image:push": { image: "files" },
  pull: { image: ["images"] },
  tags: { image: ["repositories"] },
};

const descriptions = {
  nodes: "node",
  labels: "nodes with this label",
  containers: "container",
  copies: "container",
  commands: "saved command",
  vips: "virtual IP",
  images: "image",
  repositories: "image",
  paths: "in the config",
};
