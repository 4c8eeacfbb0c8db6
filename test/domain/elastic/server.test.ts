import { expect, test } from "vitest";
import { deletesByItself, newestServer, serverOf } from "../../../src/domain/elastic/server.ts";
import { indexTemplates } from "../../../src/domain/elastic/templates.ts";

test.each([
  [{ number: "7.17.29" }, { product: "elasticsearch", major: 7, minor: 17 }],
  [{ number: "8.19.21" }, { product: "elasticsearch", major: 8, minor: 19 }],
  [{ number: "9.5.3-SNAPSHOT" }, { product: "elasticsearch", major: 9, minor: 5 }],
  [
    { number: "2.19.3", distribution: "opensearch" },
    { product: "opensearch", major: 2, minor: 19 },
  ],
  [{ number: 8 }, newestServer],
  [{}, newestServer],
])("what answers with %j is %j", (version, server) => {
  expect(serverOf(version)).toEqual(server);
});

test.each([
  ["7.17", undefined, false, "flattened"],
  ["8.10", undefined, false, "flattened"],
  ["8.11", undefined, true, "flattened"],
  ["9.0", undefined, true, "flattened"],
  ["2.19", "opensearch", false, "flat_object"],
  ["9.0", "opensearch", false, "flat_object"],
])("the templates for %s %s say what that takes", (number, distribution, deletes, type) => {
  const server = serverOf({ number, distribution });
  expect(deletesByItself(server)).toBe(deletes);
  const templates = indexTemplates("pictl", server).map(({ body }) => JSON.stringify(body));
  expect(templates).toHaveLength(3);
  for (const text of templates) expect(text.includes("data_retention")).toBe(deletes);
  expect(templates[0]).toContain(`"before":{"type":"${type}"`);
});
