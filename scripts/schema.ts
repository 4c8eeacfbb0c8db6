import { writeFileSync } from "node:fs";
import { format } from "prettier";
import { configJsonSchema } from "../src/adapters/config/schema/json-schema.ts";

/** Writes `config.schema.json`, by which editors complete and check a config that names it as its `$schema`. */
const text = await format(JSON.stringify(configJsonSchema()), { parser: "json", printWidth: 120 });
writeFileSync(new URL("../config.schema.json", import.meta.url), text);
