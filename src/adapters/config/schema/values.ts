import * as z from "zod/mini";
import { didYouMean } from "../../../domain/config/findings/suggest.ts";

/**
 * The building blocks of the schema. Every `error` here is what was expected ("a port number from 1 to 65535"); what
 * was found is put before it where the issues become findings.
 */

/** Text. A number is as good: `token: 12345` means the digits. */
export function textThat(expected: string, pattern?: RegExp, maxLength?: number) {
  const checks = [
    ...(pattern === undefined ? [] : [z.regex(pattern, { error: expected })]),
    ...(maxLength === undefined ? [] : [z.maxLength(maxLength, { error: expected })]),
  ];
  const string = checks.reduce((schema, check) => schema.check(check), z.string());
  const fits = (number: number): boolean => pattern === undefined || pattern.test(String(number));
  const number = z.number().check(z.refine(fits, { error: expected }));
  return z.pipe(z.union([string, number], { error: expected }), z.transform(String));
}

/** A whole number, or the digits of one. */
export function wholeOf(expected: string, minimum: number, maximum: number) {
  const inRange = (digits: string): boolean => Number(digits) >= minimum && Number(digits) <= maximum;
  return z.pipe(
    z.union(
      [
        z.int().check(z.minimum(minimum, { error: expected }), z.maximum(maximum, { error: expected })),
        z.string().check(z.regex(/^[0-9]+$/, { error: expected, abort: true }), z.refine(inRange, { error: expected })),
      ],
      { error: expected },
    ),
    z.transform(Number),
  );
}

export const port = () => wholeOf("a port number from 1 to 65535", 1, 65535);

export const milliseconds = () => wholeOf("a number of milliseconds, 1 or more", 1, 2 ** 31 - 1);

/** `enabled` and `disabled`, or true and false. */
export function toggle() {
  return z.pipe(
    z.union([z.boolean(), z.enum(["enabled", "disabled", "true", "false"])], {
      error: '"enabled" or "disabled" (or true or false)',
    }),
    z.transform((value) => value === true || value === "enabled" || value === "true"),
  );
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: values.map((value) => JSON.stringify(value)).join(" or ") });
}

/** An object with these keys only. Its message for unknown keys has one line for each of `issue.keys`. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape, expected: string) {
  return z.strictObject(shape, { error: (issue) => unknownKeys(issue, Object.keys(shape)) ?? expected });
}

function unknownKeys(issue: { code?: string; keys?: unknown }, known: readonly string[]): string | undefined {
  if (issue.code !== "unrecognized_keys" || !Array.isArray(issue.keys)) return undefined;
  return issue.keys
    .map((key, index) => `unknown key ${JSON.stringify(key)}${index < 50 ? hint(String(key), known) : ""}`)
    .join("\n");
}

function hint(key: string, known: readonly string[]): string {
  const other = otherNames[key];
  if (other !== undefined && known.includes(other)) return `; did you mean "${other}"?`;
  return didYouMean(key, known) || `; known here are ${known.join(", ")}`;
}

/** What people call a key, where no misspelling leads to it. */
const otherNames: Readonly<Record<string, string>> = {
  heartbeat: "hb",
  constraints: "container_host_constraints",
  commands: "commandlist",
  registries: "dockerRegistries",
  environment: "env",
  arguments: "args",
  ports: "args",
  volumes: "args",
  key: "identity_file",
  jump: "proxy_jump",
  host: "address",
  hostname: "address",
  type: "check",
};

/** A section that may be missing, or empty as YAML leaves one whose lines are all commented out. */
export function section<Schema extends z.core.SomeType>(schema: Schema) {
  return z.nullish(schema);
}

export function listOf<Schema extends z.core.SomeType>(item: Schema, expected: string) {
  return z.array(item, { error: expected });
}

/** An object whose keys the user chooses. */
export function dictionary<Schema extends z.core.SomeType>(value: Schema, expected: string) {
  return z.record(z.string(), value, { error: expected });
}

interface More {
  /** What counts where the key is left out, as it could be written. */
  readonly default?: string | number | boolean;
  /** A value that the key may have. */
  readonly example: unknown;
}

/**
 * Puts a text into the JSON Schema, which editors show beside the key and `docs/config.md` has. A key that may be left
 * out has a default, or its text says what is so "Without it".
 */
export function described<Schema extends z.core.$ZodType>(schema: Schema, description: string, more?: More): Schema {
  const { example, ...rest } = more ?? {};
  z.globalRegistry.add(schema, { description, ...rest, ...(more === undefined ? {} : { examples: [example] }) });
  return schema;
}
