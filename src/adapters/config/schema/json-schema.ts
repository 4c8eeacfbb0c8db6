import * as z from "zod/mini";
import { configSchema } from "./index.ts";

/** The JSON Schema of a config as it is written, where numbers may be strings: what `config.schema.json` holds. */
export function configJsonSchema(): object {
  return {
    title: "pictl config",
    ...z.toJSONSchema(configSchema, { io: "input" }),
    patternProperties: { "^x-": { description: "A section of your own, for YAML anchors; pictl does not read it." } },
  };
}
