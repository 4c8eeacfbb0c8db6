import { PictlError } from "../errors.ts";
import { isList, isMap, type Json } from "./values.ts";

/** What a variable of the environment, or of the `.env` file beside the compose file, holds. */
export type Lookup = (name: string) => string | undefined;

/**
 * Puts variables into every text of a compose file, as compose does (compose-spec, 12-interpolation.md): `$NAME`,
 * `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`, `${NAME?error}`, `${NAME:+instead}`,
 * `${NAME+instead}`; `$$` is a dollar. What has no value is empty and named in `unset`. Throws compose-invalid.
 */
export function interpolate(
  document: Json,
  lookup: Lookup,
): { readonly value: Json; readonly unset: readonly string[] } {
  const unset = new Set<string>();
  const visit = (value: Json): Json => {
    if (typeof value === "string") return substitute(value, lookup, unset);
    if (isList(value)) return value.map(visit);
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, visit(each)]));
  };
  return { value: visit(document), unset: [...unset] };
}

function substitute(text: string, lookup: Lookup, unset: Set<string>): string {
  let out = "";
  for (let at = 0; at < text.length;) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1) return out + text.slice(at);
    out += text.slice(at, dollar);
    const rest = text.slice(dollar + 1);
    const name = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    if (rest.startsWith("$")) {
      out += "$";
      at = dollar + 2;
    } else if (rest.startsWith("{")) {
      const end = closing(text, dollar + 2);
      if (end === -1) throw invalid(text, "the { after a $ is never closed");
      out += braced(text.slice(dollar + 2, end), lookup, unset);
      at = end + 1;
    } else if (name === undefined) {
      throw invalid(text, "a $ stands before nothing that is a name; write $$ for a dollar");
    } else {
      out += valueOf(name, lookup, unset);
      at = dollar + 1 + name.length;
    }
  }
  return out;
}

/** The } that closes what began before `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

function braced(inner: string, lookup: Lookup, unset: Set<string>): string {
  const [, name = "", colon = "", operator, word = ""] = /^([A-Za-z_]\w*)(?:(:?)([-?+])([^]*))?$/.exec(inner) ?? [];
  if (name === "") throw invalid(`\${${inner}}`, "there is no name in it");
  const value = lookup(name);
  const has = value !== undefined && !(colon === ":" && value === "");
  switch (operator) {
    case "-":
      return has ? value : substitute(word, lookup, unset);
    case "+":
      return has ? substitute(word, lookup, unset) : "";
    case "?":
      if (has) return value;
      throw new PictlError(
        "compose-invalid",
        `The variable ${name} is needed: ${word === "" ? "it has no value" : word}.`,
        {
          hint: `Set it: \`${name}=… pictl import …\`, or in the .env file beside the compose file.`,
        },
      );
    default:
      return valueOf(name, lookup, unset);
  }
}

function valueOf(name: string, lookup: Lookup, unset: Set<string>): string {
  const value = lookup(name);
  if (value === undefined) unset.add(name);
  return value ?? "";
}

function invalid(text: string, why: string): PictlError {
  return new PictlError("compose-invalid", `${JSON.stringify(text.slice(0, 60))} cannot be read: ${why}.`);
}
