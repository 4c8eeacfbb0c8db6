import type { Interfaces } from "@oclif/core";

type Manifest = Interfaces.Manifest;
type Command = Manifest["commands"][string];
type Flag = Command["flags"][string];

/** `pictl(1)` in man(7) macros, made of the same statics as `--help`. */
export function manPage(manifest: Manifest): string {
  const commands = Object.values(manifest.commands)
    .filter((command) => !command.hidden && !isAlias(command))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const [first] = commands;
  const global = Object.values(first?.flags ?? {}).filter((flag) => flag.helpGroup === "GLOBAL");
  return [
    `.TH PICTL 1 "" "pictl ${manifest.version}" "User Commands"`,
    section("NAME"),
    "pictl \\- run Docker containers on many Linux hosts from one config file over plain SSH",
    section("SYNOPSIS"),
    ".B pictl",
    ".I COMMAND",
    "[ARGUMENTS] [FLAGS]",
    section("GLOBAL FLAGS"),
    ...global.map(flagText),
    section("COMMANDS"),
    ...commands.map(commandText),
    section("EXIT STATUS"),
    ...exitCodes.map(([code, meaning]) => `.TP\n.B ${code}\n${text(meaning)}`),
    section("FILES"),
    ".TP\n.I ./config.json\nAlso config.yaml and config.yml, then ~/.config/pictl and /etc/pictl.",
    section("SEE ALSO"),
    ".BR docker (1),\n.BR ssh (1),\n.BR ssh_config (5)",
    "",
  ].join("\n");
}

const exitCodes = [
  ["0", "All well."],
  ["1", "Something failed on a node, or is not as wanted."],
  ["2", "Wrong usage, or a config with errors."],
  ["3", "A node could not be reached."],
  ["4", "Refused: a lock is held, a confirmation is missing, a host key is not known, a node is cordoned."],
  ["130", "Interrupted."],
] as const;

/** oclif's manifest has an alias as a command of its own under the other's id. */
function isAlias(command: Command): boolean {
  return command.aliases.includes(command.id);
}

function commandText(command: Command): string {
  const args = Object.values(command.args).map((arg) => {
    const name = `${arg.name.toUpperCase()}${arg.multiple === true ? "..." : ""}`;
    return arg.required === true ? name : `[${name}]`;
  });
  const flags = Object.values(command.flags).filter((flag) => flag.helpGroup !== "GLOBAL" && flag.hidden !== true);
  const usage = ["pictl", ...command.id.split(":"), ...args].join(" ");
  return [
    `.SS "${text(usage)}"`,
    text(command.summary ?? ""),
    ...(command.description === undefined ? [] : [".PP", text(command.description)]),
    ...(command.aliases.length === 0
      ? []
      : [".PP", `Also: ${text(command.aliases.map((alias) => `pictl ${alias}`).join(", "))}.`]),
    ...Object.values(command.args).map(argumentText),
    ...flags.map(flagText),
  ].join("\n");
}

function argumentText(arg: Command["args"][string]): string {
  return `.TP\n.B ${text(arg.name.toUpperCase())}\n${text(arg.description ?? "")}`;
}

function flagText(flag: Flag): string {
  const long = `--${flag.type === "boolean" && flag.allowNo ? "[no-]" : ""}${flag.name}`;
  const names = [...(flag.char === undefined ? [] : [`-${flag.char}`]), long].join(", ");
  const value = flag.type === "option" ? ` ${flag.helpValue === undefined ? "VALUE" : String(flag.helpValue)}` : "";
  const preset = flag.type === "option" ? plainDefault(flag.default) : undefined;
  const summary = flag.summary ?? flag.description ?? "";
  return `.TP\n.B ${text(`${names}${value}`)}\n${text(preset === undefined ? summary : `${summary} Default: ${preset}.`)}`;
}

function plainDefault(value: unknown): string | undefined {
  return typeof value === "number" || typeof value === "string" ? String(value) : undefined;
}

function section(title: string): string {
  return `.SH ${title.includes(" ") ? `"${title}"` : title}`;
}

/** Backslashes and hyphens mean something to roff, as does a dot or a quote at the beginning of a line. */
function text(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("<%= config.bin %>", "pictl")
    .replaceAll(/^([.'])/gm, "\\&$1");
}
