import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configJsonSchema } from "../../../src/adapters/config/schema/json-schema.ts";

test("config.schema.json is fresh (`npx tsx scripts/schema.ts` writes it)", () => {
  const shipped = readFileSync(new URL("../../../config.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(shipped)).toEqual(configJsonSchema());
});

test("every section has a word for the reader", () => {
  const { properties } = configJsonSchema() as { properties: Record<string, { description?: string }> };
  for (const key of ["layout", "hb", "vip", "nodes", "ssh", "container_host_constraints", "hooks", "state_dir"]) {
    expect(properties[key]?.description, key).toMatch(/\w/);
  }
});
