import { readFileSync, writeFileSync } from "node:fs";
import { format } from "oxfmt";
import { configJsonSchema } from "../src/adapters/config/schema/json-schema.ts";
import { withKeys } from "./config-reference.ts";

/** Writes `config.schema.json`, by which editors complete and check a config that names it as its `$schema`. */
const { code } = await format("config.schema.json", JSON.stringify(configJsonSchema()), { printWidth: 120 });
writeFileSync(new URL("../config.schema.json", import.meta.url), code);

/** And the keys in `docs/config.md`, between the words that a person has written there. */
const page = new URL("../docs/config.md", import.meta.url);
writeFileSync(page, withKeys(readFileSync(page, "utf8")));
