import * as z from "zod/mini";
import { configSchema } from "./index.ts";

/** The JSON Schema of a config as it is written, where numbers may be strings: what `config.schema.json` holds. */
export function configJsonSchema(): object {
  return {
    title: "pictl config",
    ...z.toJSONSchema(configSchema, { io: "input", override: keepsExamples }),
    patternProperties: { "^x-": { description: "A section of your own, for YAML anchors; pictl does not read it." } },
  };
}

/** zod leaves out the default and the examples of what it transforms, as they might be of its result. Ours are as written. */
function keepsExamples({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
  const { default: preset, examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (preset !== undefined) Object.assign(jsonSchema, { default: preset });
  if (examples !== undefined) Object.assign(jsonSchema, { examples });
}
