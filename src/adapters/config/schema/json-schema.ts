import * as z from "zod/mini";
import { configSchema } from "./index.ts";

/** The JSON Schema of a config as it is written (numbers may be strings), as the text of `config.schema.json`. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  return `${JSON.stringify({ title: "pictl config", ...schema }, null, 2)}\n`;
}
