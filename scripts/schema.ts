import { writeFileSync } from "node:fs";
import { configJsonSchema } from "../src/adapters/config/schema/json-schema.ts";

/** Writes `config.schema.json`, by which editors complete and check a config that names it as its `$schema`. */
writeFileSync(new URL("../config.schema.json", import.meta.url), configJsonSchema());
