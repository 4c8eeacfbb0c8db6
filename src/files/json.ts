import { type JsonLimits, JsonReader } from "../domain/json-reader.ts";

/**
 * What somebody else sends that should be JSON; undefined when it is none. Rejects with a RangeError, having read no further,
 * beyond the limits, and with what the source throws.
 */
export async function readJson(source: AsyncIterable<unknown>, limits: JsonLimits): Promise<unknown> {
  const reader = new JsonReader(limits);
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) reader.push(chunk);
    return reader.end();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
