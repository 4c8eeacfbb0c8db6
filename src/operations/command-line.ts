import type * as z from "zod/mini";
import { quote } from "../domain/shell.ts";
import { noteOf } from "./fields.ts";
import { isSet } from "./input.ts";
import type { Operation } from "./operation.ts";

/**
 * The command line that does the same, for who wants to script what they have clicked: `pictl move web n2 --overlap`.
 * Undefined where no command does it. Secrets are left out: a command asks for them.
 */
export function commandLine(operation: Operation, input: Readonly<Record<string, unknown>>): string | undefined {
  const { command, args = [] } = operation;
  if (command === null) return undefined;
  const words = args.flatMap((name) => texts(input[name]));
  const flags = Object.entries(operation.input.shape).flatMap(([name, schema]) =>
    args.includes(name) || name === "all"
      ? []
      : flagWords(operation.flags?.[name] ?? flagName(name), schema, input[name]),
  );
  // What begins with a dash would be taken for a flag.
  const behind = words.some((word) => word.startsWith("-"))
    ? [...flags, "--", ...words.map(quote)]
    : [...words.map(quote), ...flags];
  return ["pictl", command, ...behind].join(" ");
}

/** `copyVolumes` → `copy-volumes`. */
export function flagName(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function flagWords(name: string, schema: z.core.$ZodType, value: unknown): readonly string[] {
  const note = noteOf(schema);
  if (value === undefined || value === note.default) return [];
  const flag = `--${name}`;
  switch (note.kind) {
    case "confirm":
      return value === true || isSet(value) ? ["--yes"] : [];
    case "flag":
      return [value === true ? flag : `--no-${name}`];
    case "secret":
      return [];
    case "number":
    case "text":
    case "list":
    case "value":
      return texts(value).flatMap((text) => [flag, quote(text)]);
  }
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(texts);
  return [typeof value === "string" ? value : JSON.stringify(value)];
}
