import { stripVTControlCharacters } from "node:util";
import { suggest } from "../../domain/config/findings/suggest.ts";
import { PictlError } from "../../domain/errors.ts";

type KnownFlags = Readonly<Record<string, { readonly summary?: string | undefined }>>;

/** What oclif's parser throws: marked with `oclif`, and mostly with what it was to parse. */
export interface ParserError extends Error {
  readonly oclif: object;
  readonly parse?: { readonly input?: { readonly flags: KnownFlags; readonly args: object } };
  /** Of "Nonexistent flag": as they were typed. */
  readonly flags?: readonly string[];
  /** Of "Missing required arg" their definitions, of "Unexpected argument" the words. */
  readonly args?: readonly (string | { readonly name: string; readonly description?: string })[];
}

export function isParserError(error: unknown): error is ParserError {
  return error instanceof Error && "oclif" in error;
}

/** A wrong command line in pictl's words. `command`: `config set`; empty when there is none. */
export function usageError(error: ParserError, command: string): PictlError {
  const manual = `\`pictl ${command}${command === "" ? "" : " "}--help\` shows what it takes.`;
  const { flags: typed, parse } = error;
  if (typed === undefined) return new PictlError("usage", sentences(error).join("\n"), { hint: manual });
  const { flags: known = {}, args = {} } = parse?.input ?? {};
  const names = Object.keys(known);
  const nearest = typed.map((flag) => suggest(nameOf(flag), names));
  const told = typed.map((flag, index) => {
    const name = nearest[index];
    return `There is no flag ${flag}${name === undefined ? "." : `; did you mean --${name}?`}`;
  });
  const unclear = typed.filter((_, index) => nearest[index] === undefined);
  return new PictlError("usage", told.join("\n"), { hint: [...wayOut(unclear, command, args), manual].join(" ") });
}

function nameOf(flag: string): string {
  return flag.replace(/^-+/, "").replace(/=.*$/s, "");
}

/** For flags that are none and like none: what was meant may stand elsewhere. */
function wayOut(unclear: readonly string[], command: string, args: object): readonly string[] {
  if (unclear.length === 0 || Object.keys(args).length === 0) return [];
  if ("node" in args && unclear.every((flag) => flag === "-n" || flag === "--node")) {
    return [`Nodes stand there without a flag: \`pictl ${command} NODE\`.`];
  }
  if ("container" in args && unclear.every((flag) => flag === "-n" || flag === "--node")) {
    return ["NAME@NODE is a container on one node."];
  }
  if (command === "exec")
    return [`What has flags of its own stands behind \`--\`: \`pictl exec -- PROGRAM ${unclear[0] ?? ""}\`.`];
  // `config set layout[0].web "-p 80:80"`: the shell took the quotes, and what is left looks like a flag.
  return ["A value that begins with - stands last, after `--`."];
}

function sentences({ message, args, parse }: ParserError): readonly string[] {
  const { flags = {} } = parse?.input ?? {};
  if (message.startsWith("Missing ") && args) {
    return args
      .filter((arg) => typeof arg === "object")
      .map(({ name, description = "" }) => `${name.toUpperCase()} is missing: ${description}`);
  }
  if (message.startsWith("Unexpected argument") && args) {
    return [`"${args.map(String).join(" ")}" is more than the command takes.`];
  }
  // On a terminal oclif dims its own sentences.
  return stripVTControlCharacters(message)
    .replace(/\nSee more help with --help$/, "")
    .replace(/^The following errors? occurred:\s+/, "")
    .replace(/^Parsing (\S+)\s+Expected (.+) but received: (.*)$/s, '$1 takes $2, not "$3".')
    .split(/\n\s*/)
    .map((line) => reworded(line, flags));
}

/** One of oclif's sentences; one that is not known stays as it is. */
function reworded(line: string, flags: KnownFlags): string {
  for (const [pattern, words] of wordings) {
    const match = pattern.exec(line);
    if (match) return words(match.slice(1), flags);
  }
  return line;
}

type Wording = (groups: readonly string[], flags: KnownFlags) => string;

const wordings: readonly (readonly [RegExp, Wording])[] = [
  [
    /^Missing required flag (.+)$/,
    ([name = ""], flags) => `--${name} is missing: ${flags[name]?.summary ?? "it must be given"}`,
  ],
  [/^Flag (--\S+) expects a value$/, ([flag = ""]) => `${flag} needs a value.`],
  [/^Flag (--\S+) can only be specified once$/, ([flag = ""]) => `${flag} may be given only once.`],
  [/^Expected (\S*) to be one of: (.+)$/s, ([given = "", options = ""]) => `${given} is none of ${options}.`],
  [
    /^All of the following must be provided when using (--\S+): (.+)$/,
    ([flag = "", others = ""]) => `${flag} needs ${others} too.`,
  ],
  [
    /^(--[^=]+)=.* cannot also be provided when using (--\S+)$/s,
    ([one = "", other = ""]) => `${one} and ${other} exclude each other.`,
  ],
];
