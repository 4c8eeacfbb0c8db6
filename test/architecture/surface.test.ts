import type { Interfaces } from "@oclif/core";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { errorCodes } from "../../src/domain/errors.ts";
import { sourceManifest } from "./source-manifest.ts";

type CommandEntry = Interfaces.Manifest["commands"][string];
type FlagEntry = CommandEntry["flags"][string];

const manifest = await sourceManifest();
const commands = Object.values(manifest.commands).sort((a, b) => (a.id < b.id ? -1 : 1));
const pjson = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as Interfaces.PJSON;

test("commands, arguments, flags and exit codes are what scripts rely on", async () => {
  await expect(surface()).toMatchFileSnapshot("../surface.golden.txt");
});

test.each(commands.filter((command) => !command.hidden))(
  "$id is a manual page",
  ({ id, aliases, summary, examples, args, flags }) => {
    const names = [id, ...aliases].map((name) => name.replaceAll(":", " "));
    expect(summary, "summary").toMatch(/^[A-Z].*\.$/);
    expect(examples?.length, "examples").toBeGreaterThan(0);
    for (const example of examples ?? []) {
      const command = typeof example === "string" ? example : example.command;
      expect(
        names.some((name) => command.includes(`<%= config.bin %> ${name}`)),
        command,
      ).toBe(true);
    }
    for (const arg of Object.values(args)) expect(arg.description, arg.name).toMatch(/^[A-Z].*[.…]$/);
    for (const flag of Object.values(flags)) expect(flag.summary, flag.name).toMatch(/^[A-Z].*\.$/);
  },
);

test("every topic has a description", () => {
  const topics = commands.flatMap(({ id }) => {
    const words = id.split(":");
    return words.slice(1).map((_, index) => words.slice(0, index + 1).join(":"));
  });
  const described = Object.entries(pjson.oclif.topics ?? {}).filter(([, topic]) => topic.description);
  expect(described.map(([name]) => name)).toEqual(expect.arrayContaining([...new Set(topics)]));
});

/** One line for each thing that a user may have typed into a script. */
function surface(): string {
  const globals = new Set(commands.flatMap(({ flags }) => Object.values(flags).filter(isGlobal).map(flagLine)));
  return [
    "exit codes",
    `  0 ${[...new Set<number>(Object.values(errorCodes))].sort((a, b) => a - b).join(" ")}`,
    "",
    "error codes",
    ...Object.entries(errorCodes).map(([code, exitCode]) => `  ${code} ${exitCode}`),
    "",
    "flags of all commands",
    ...[...globals].sort(),
    ...commands.flatMap((command) => ["", ...commandLines(command)]),
    "",
  ].join("\n");
}

function commandLines({ id, aliases, hiddenAliases, hidden, args, flags }: CommandEntry): string[] {
  const names = [id, ...aliases, ...hiddenAliases].map((name) => name.replaceAll(":", " "));
  const globals = Object.values(flags).filter(isGlobal);
  return [
    `pictl ${names.join(" | ")}${hidden ? " (hidden)" : ""}`,
    ...Object.values(args).map(
      ({ name, required, multiple, options }) =>
        `  ${name.toUpperCase()}${mark({ required: required === true, multiple: multiple === true, options })}`,
    ),
    ...Object.values(flags)
      .filter((flag) => !isGlobal(flag))
      .map(flagLine)
      .sort(),
    ...(globals.length > 0
      ? [
          `  and ${globals
            .map(({ name }) => `--${name}`)
            .sort()
            .join(" ")}`,
        ]
      : []),
  ];
}

function isGlobal(flag: FlagEntry): boolean {
  return flag.helpGroup === "GLOBAL";
}

function flagLine(flag: FlagEntry): string {
  const long = flag.type === "boolean" && flag.allowNo ? `--[no-]${flag.name}` : `--${flag.name}`;
  const value = flag.type === "option" ? ` ${flag.helpValue?.toString() ?? "VALUE"}` : "";
  const char = flag.char === undefined ? "" : ` -${flag.char}`;
  const aliases = (flag.aliases ?? []).map((alias) => ` --${alias}`).join("");
  const environment = flag.env === undefined ? "" : ` $${flag.env}`;
  const option = flag.type === "option" ? flag : undefined;
  return `  ${long}${char}${aliases}${value}${environment}${mark({
    required: flag.required === true,
    multiple: option?.multiple === true,
    options: option?.options,
  })}${flag.hidden === true ? " (hidden)" : ""}`;
}

function mark(entry: { required: boolean; multiple: boolean; options?: readonly string[] | undefined }): string {
  const options = entry.options ? ` = ${entry.options.join(" | ")}` : "";
  return `${entry.multiple ? " ..." : ""}${entry.required ? " (required)" : ""}${options}`;
}
