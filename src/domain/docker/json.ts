/** Reads fields out of JSON that a node sent: a wrong or missing one becomes its empty value, never an exception. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function object(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** The entries of an object whose values are strings, in an object without a prototype (`__proto__` is a key). */
export function texts(value: unknown): Readonly<Record<string, string>> {
  const result = Object.create(null) as Record<string, string>;
  for (const [key, each] of Object.entries(object(value))) if (typeof each === "string") result[key] = each;
  return result;
}
