import type { Context } from "hono";
import { type FieldNote, noteOf } from "../../operations/fields.ts";
import type { Operation } from "../../operations/operation.ts";
import type { ServerEnv } from "../env.ts";
import { readBody } from "../guard/body.ts";
import { RequestRefused } from "../refusal.ts";

/**
 * What a request says to an operation: fields of its path, its query and its JSON body, and `If-Match` as `version`. Each
 * field may be said once. Texts of path and query become what the field wants; whether it is right, the operation looks
 * at. Throws a Refusal.
 */
export async function inputOf(
  context: Context<ServerEnv>,
  operation: Operation,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const said = new Map<string, unknown>();
  const say = (name: string, value: unknown): void => {
    if (said.has(name)) throw invalid(`\`${name}\` is said twice.`);
    said.set(name, value);
  };
  for (const [name, value] of Object.entries(context.req.param())) say(name, fromTexts(operation, name, [value]));
  for (const [name, values] of Object.entries(context.req.queries())) {
    if (noteOfField(operation, name)?.kind === "secret") {
      throw invalid(`\`${name}\` is a secret, which does not belong in an address.`, "POST it, as JSON.");
    }
    say(name, fromTexts(operation, name, values));
  }
  for (const [name, value] of Object.entries(await bodyOf(context, maxBytes))) say(name, value);
  const match = context.req.header("if-match");
  if (match !== undefined && noteOfField(operation, "version")) say("version", match.replace(/^(?:W\/)?"(.*)"$/, "$1"));
  return Object.fromEntries(said);
}

async function bodyOf(context: Context<ServerEnv>, maxBytes: number): Promise<object> {
  // What a GET brings is nobody's business.
  if (context.req.method === "GET") return {};
  const body = await readBody(context.env.incoming, maxBytes);
  if (body === undefined) return {};
  if (!/^application\/json *(;|$)/i.test(context.req.header("content-type") ?? "")) {
    throw new RequestRefused(415, "request-invalid", "The request's body is JSON, and its Content-Type must say so.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("The request's body is an object of fields.");
  }
  return body;
}

function noteOfField({ input }: Operation, name: string): FieldNote | undefined {
  const schema = Object.hasOwn(input.shape, name) ? input.shape[name] : undefined;
  return schema && noteOf(schema);
}

/** What cannot be what the field wants stays a text, so that the operation says what it expected. */
function fromTexts(operation: Operation, name: string, texts: readonly string[]): unknown {
  const note = noteOfField(operation, name);
  if (note?.kind === "list") return texts;
  const [text = "", ...more] = texts;
  if (note?.kind === "confirm" && text !== "true") return texts;
  if (more.length > 0) throw invalid(`\`${name}\` is said ${texts.length} times.`);
  switch (note?.kind) {
    case "flag":
    case "confirm":
      if (text === "true" || text === "") return true;
      return text === "false" ? false : text;
    case "number":
    case "value":
      return /^\d{1,15}$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

function invalid(message: string, hint?: string): RequestRefused {
  return new RequestRefused(400, "request-invalid", message, hint === undefined ? {} : { hint });
}
