import * as z from "zod/mini";
import { Secret } from "../domain/secrets/secret.ts";

/**
 * What the inputs of operations are made of. Each field says what it means, for OpenAPI, forms and the palette; each
 * `error` is what was expected, and `input.ts` puts what was found behind it.
 */

/** How a face lets somebody fill a field in. */
export type FieldKind = "flag" | "number" | "text" | "list" | "secret" | "value" | "confirm";

/** What the text of a field names, so that a face can complete it. */
export type FieldNames = "container" | "placement" | "node" | "image" | "vip" | "registry" | "command";

export interface FieldNote {
  readonly kind: FieldKind;
  readonly names?: FieldNames;
  /** Of a number. */
  readonly unit?: "seconds";
  /** Nobody but the operation sees it. */
  readonly hidden?: boolean;
  /** What counts where it is left out. */
  readonly default?: string | number | boolean;
}

/** What is known of a field beyond its JSON Schema. */
const notes = z.registry<FieldNote>();

/** Throws when the schema is no field: it was not made here. */
export function noteOf(schema: z.core.$ZodType): FieldNote {
  const note = notes.get(schema);
  if (!note) throw new Error("a field is made by src/operations/fields.ts");
  return note;
}

function field<Schema extends z.core.$ZodType>(schema: Schema, description: string, note: FieldNote): Schema {
  z.globalRegistry.add(schema, { description });
  notes.add(schema, note);
  return schema;
}

const maxTextLength = 4096;
const maxListLength = 1000;

const text = (expected: string, maxLength = maxTextLength) =>
  z.string({ error: expected }).check(
    z.minLength(1, { error: expected }),
    z.maxLength(maxLength, { error: `${expected}, of ${maxLength} characters at most` }),
    // As every tool that reads the OpenAPI document understands it.
    // oxlint-disable-next-line eslint-js/no-control-regex -- it is what must not be there
    z.regex(/^[^\x00]*$/, { error: `${expected}, without NUL` }),
  );

/** A switch, off when left out; `preset` turns it round. */
export function flag(description: string, preset = false) {
  return field(z._default(z.boolean({ error: "true or false" }), preset), description, {
    kind: "flag",
    default: preset,
  });
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const between = (expected: string, { min, max }: Bounds) =>
  z.int({ error: expected }).check(z.minimum(min, { error: expected }), z.maximum(max, { error: expected }));

/** A whole number that may be left out. */
export function whole(description: string, bounds: Bounds) {
  const schema = between(`a whole number from ${bounds.min} to ${bounds.max}`, bounds);
  return field(z.optional(schema), description, { kind: "number" });
}

/** A whole number, `preset` when left out. */
export function wholeOr(preset: number, description: string, bounds: Bounds) {
  const schema = between(`a whole number from ${bounds.min} to ${bounds.max}`, bounds);
  return field(z._default(schema, preset), description, { kind: "number", default: preset });
}

/** A port that may be left out; `none` where there may be none. */
export function portOrNone(description: string) {
  const expected = "a port from 1 to 65535, or none";
  const schema = z.union([between(expected, { min: 1, max: 65_535 }), z.literal("none")], { error: expected });
  return field(z.optional(schema), description, { kind: "value" });
}

/** A time that may be left out. */
export function seconds(description: string, bounds: Bounds) {
  const schema = between(`seconds, a whole number from ${bounds.min} to ${bounds.max}`, bounds);
  return field(z.optional(schema), description, { kind: "number", unit: "seconds" });
}

/** A time, `preset` when left out. */
export function secondsOr(preset: number, description: string, bounds: Bounds) {
  const schema = between(`seconds, a whole number from ${bounds.min} to ${bounds.max}`, bounds);
  return field(z._default(schema, preset), description, { kind: "number", unit: "seconds", default: preset });
}

interface Naming {
  readonly names?: FieldNames;
  readonly maxLength?: number;
}

const naming = ({ names }: Naming): Pick<FieldNote, "names"> => (names === undefined ? {} : { names });

/** A text that must be there. */
export function words(description: string, options: Naming = {}) {
  return field(text("text", options.maxLength), description, { kind: "text", ...naming(options) });
}

/** A text that may be left out. */
export function maybe(description: string, options: Naming = {}) {
  return field(z.optional(text("text", options.maxLength)), description, { kind: "text", ...naming(options) });
}

const array = () =>
  z
    .array(text("text"), { error: "a list of texts" })
    .check(z.maxLength(maxListLength, { error: "at most 1000 texts" }));

/** Texts; none when left out. */
export function list(description: string, options: Naming = {}) {
  return field(z._default(array(), []), description, { kind: "list", ...naming(options) });
}

/** At least one text. */
export function some(description: string, options: Naming = {}) {
  const schema = array().check(z.minLength(1, { error: "at least one" }));
  return field(schema, description, { kind: "list", ...naming(options) });
}

/** Text that is in no log, job or answer; it is read by `reveal()`. */
export function secret(description: string) {
  const schema = z.pipe(
    text("text"),
    z.transform((value) => new Secret(value)),
  );
  return field(z.optional(schema), description, { kind: "secret", hidden: true });
}

/** Text that may hold secrets, such as a script; it must be there. */
export function hiddenText(description: string, maxLength: number) {
  return field(text("text", maxLength), description, { kind: "text", hidden: true });
}

/** The same, and it may be left out. */
export function maybeHidden(description: string, maxLength: number) {
  return field(z.optional(text("text", maxLength)), description, { kind: "text", hidden: true });
}

/** Objects that were answered before, and come back; they may be left out, and no log has them. */
export function rows<Row extends z.core.$ZodType>(description: string, row: Row, expected: string) {
  const schema = z.optional(z.array(row, { error: expected }).check(z.maxLength(maxRows, { error: expected })));
  return field(schema, description, { kind: "value", hidden: true });
}

const maxRows = 10_000;

/** Any JSON value. */
export function value(description: string) {
  return field(z.unknown(), description, { kind: "value" });
}

/** What a question that was asked is answered with. */
export function confirm() {
  const expected = "true, or the questions that are agreed to";
  const schema = z.optional(
    z.union([z.literal(true), z.array(z.string()).check(z.maxLength(maxListLength))], { error: expected }),
  );
  return field(
    schema,
    "Agrees to what would be asked: true to everything, or the questions themselves, to agree to just those.",
    { kind: "confirm" },
  );
}
