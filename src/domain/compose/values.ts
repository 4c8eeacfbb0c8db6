/** How values of a compose file are read: each may be written in several ways. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a service, or a part of it, becomes. */
export interface Taken {
  /** Words of `docker run`. */
  readonly args?: readonly string[];
  /** Keys of the layout's entry. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** What people must know: left out, with the reason, or different from compose. */
  readonly notes?: readonly string[];
}

export const nothing: Taken = {};

export function note(text: string): Taken {
  return { notes: [text] };
}

/** What all of them say together; of a key that two have, the later counts. */
export function joined(parts: readonly Taken[]): Required<Taken> {
  return {
    args: parts.flatMap(({ args = [] }) => args),
    entry: Object.assign({}, ...parts.map(({ entry = {} }) => entry)) as Record<string, unknown>,
    notes: parts.flatMap(({ notes = [] }) => notes),
  };
}

/** `--flag value` for each. */
export function each(flag: string, values: readonly string[]): Taken {
  return { args: values.flatMap((value) => [flag, value]) };
}

export function isMap(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A single value as text; undefined for a list, a map or nothing. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The texts of a list; one value counts as a list of it. */
export function textsOf(value: Json | undefined): readonly string[] {
  const one = textOf(value);
  if (one !== undefined) return [one];
  return isList(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}

/** Names and values of a map, or of a list of `NAME=value`; undefined for a name without a value. */
export function pairsOf(value: Json | undefined): readonly (readonly [name: string, value: string | undefined])[] {
  if (isMap(value)) return Object.entries(value).map(([name, each]) => [name, textOf(each)] as const);
  return textsOf(value).map((item) => {
    const equals = item.indexOf("=");
    return equals === -1 ? ([item, undefined] as const) : ([item.slice(0, equals), item.slice(equals + 1)] as const);
  });
}

/** Whether a switch is on; also as text, since a variable may have been put in. */
export function isOn(value: Json | undefined): boolean {
  return value === true || value === "true";
}
