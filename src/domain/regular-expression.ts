import { PictlError } from "./errors.ts";

/** What says whether a text is one of those that are looked for; a RegExp is one. */
export interface Matcher {
  test(text: string): boolean;
}

/** One that a person wrote, in JavaScript's syntax; `name` is what it was given as. Throws usage. */
export function regularExpression(text: string, { name, hint }: { name: string; hint: string }): RegExp {
  try {
    return new RegExp(text, "u");
  } catch {
    // Unicode mode refuses needless backslashes, which people type.
  }
  try {
    return new RegExp(text);
  } catch (error) {
    throw new PictlError("usage", `${name} is no regular expression: ${(error as Error).message}.`, { hint });
  }
}
