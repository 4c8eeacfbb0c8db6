import * as z from "zod/mini";
import { didYouMean } from "../domain/config/findings/suggest.ts";
import { PictlError } from "../domain/errors.ts";

interface Rules {
  readonly id: string;
  readonly input: z.ZodMiniObject;
  readonly exclusive?: readonly (readonly string[])[];
  readonly needs?: Readonly<Partial<Record<string, string>>>;
}

/** The input with its defaults. Throws usage, which names every field that is wrong; its value may be a secret. */
export function parseInput({ input, exclusive = [], needs = {}, id }: Rules, raw: unknown): unknown {
  const parsed = z.safeParse(input, raw ?? {});
  if (!parsed.success) {
    const known = Object.keys(input.shape);
    throw refused(id, [...new Set(parsed.error.issues.flatMap((issue) => objections(issue, known, raw)))]);
  }
  const given = (field: string): boolean => isSet(parsed.data[field]);
  const clashes = exclusive
    .filter((fields) => fields.filter(given).length > 1)
    .map((fields) => `${fields.filter(given).map(quoted).join(" and ")} cannot be said together`);
  const lone = Object.entries(needs)
    .filter(([field, other]) => given(field) && other !== undefined && !given(other))
    .map(([field, other = ""]) => `${quoted(field)} needs ${quoted(other)}`);
  if (clashes.length + lone.length > 0) throw refused(id, [...clashes, ...lone]);
  return parsed.data;
}

/** Whether a field says something: a switch that is off and an empty list are as good as left out. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function objections(issue: z.core.$ZodIssue, known: readonly string[], raw: unknown): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `there is no field ${JSON.stringify(key)}${didYouMean(key, known) || `, known are ${known.join(", ")}`}`,
    );
  }
  const [field] = issue.path;
  if (field === undefined) return ["expected an object of fields"];
  const missing = typeof raw === "object" && raw !== null && (raw as Record<PropertyKey, unknown>)[field] === undefined;
  return [`${quoted(String(field))} ${missing ? "is missing" : `is not as expected`}: ${issue.message}`];
}

function refused(id: string, sentences: readonly string[]): PictlError {
  const shown = sentences.slice(0, 20).join("; ");
  return new PictlError("usage", `The input of ${id} is not as declared: ${shown}.`);
}

function quoted(field: string): string {
  return `\`${field}\``;
}
