import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { expect, test } from "vitest";
import { noteOf } from "../../src/operations/fields.ts";
import { operations } from "../../src/operations/index.ts";

const headings = readFileSync(new URL("../../docs/json.md", import.meta.url), "utf8").split("\n");

/** The fields that stand in a path, behind a colon. */
function parametersOf(route: string): readonly string[] {
  return [...route.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
}

test("ids and routes are there once, and a key once for a kind of row", () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const routes = operations.map(({ route }) => route.replaceAll(/:\w+/g, ":"));
  expect(new Set(routes).size).toBe(routes.length);
  const keys = operations.flatMap(({ key, subject }) => (key === undefined ? [] : [`${subject?.kind ?? ""} ${key}`]));
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(operations)("$id is declared as every face needs it", (operation) => {
  const { id, input, route, changes, summary, button, asks, args = [], output, subject } = operation;
  const fields = Object.entries(input.shape);
  const names = fields.map(([name]) => name);
  expect(id).toMatch(/^[a-z]+\.[a-z][a-zA-Z-]*$/);
  expect(route).toMatch(/^(GET|POST|PUT|PATCH|DELETE) (\/[a-z-]+|\/:[a-z]\w*)+$/);
  expect(route.startsWith("GET "), "only what changes nothing is a GET").toBe(!changes);
  expect(summary).toMatch(/^[A-Z].*\.$/);
  expect(button).toMatch(/^[A-Z]/);
  expect(names, "what stands in the path is a field").toEqual(
    expect.arrayContaining([...parametersOf(route), ...args]),
  );
  if (subject) expect(names).toContain(subject.field);
  expect(names.includes("confirm"), "asks, and confirm").toBe(asks !== undefined);
  if (output !== null) expect(headings).toContain(`## pictl ${output}`);
  for (const [name, schema] of fields) {
    expect(z.globalRegistry.get(schema)?.description, name).toMatch(/^[A-Z].*[.:]/);
    expect(noteOf(schema).kind, name).toBeTruthy();
  }
});

test.each(operations)("the input of $id has a JSON Schema without what only a program knows", ({ input }) => {
  const schema = z.toJSONSchema(input, { io: "input" });
  expect(schema).toMatchObject({ type: "object", additionalProperties: false });
  expect(JSON.stringify(schema)).not.toContain('"kind"');
});
