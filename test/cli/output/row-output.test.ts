import { expect, test } from "vitest";
import { jsonDocumentRows, jsonLineRows, textRows } from "../../../src/cli/output/row-output.ts";
import { PictlError, toFailure } from "../../../src/domain/errors.ts";

const failure = toFailure(new PictlError("node-unreachable", "No answer.", { node: "n1" }));

test.each([
  [[], []],
  [[{ line: "a\u009b\u202e" }], []],
  [[{ line: "a" }, { line: "b" }], [failure]],
])("the document of --json for %j with failures %j", async (rows, failures) => {
  const { text, sink } = memory();
  const output = jsonDocumentRows<object>(sink, "lines");
  for (const row of rows) await output.row(row);
  await output.end({ result: {}, failures });
  expect(JSON.parse(text())).toEqual({
    ok: failures.length === 0,
    exitCode: failures.length === 0 ? 0 : 3,
    result: { lines: rows },
    failures,
  });
  expect(text()).not.toMatch(/[\u0080-\u009f\u202e]/);
});

test("JSON lines, failures last", async () => {
  const { text, sink } = memory();
  const output = jsonLineRows<object>(sink);
  void output.row({ line: "a\nb" });
  await output.flush();
  expect(text()).toBe('{"line":"a\\nb"}\n');
  await output.end({ result: {}, failures: [failure] });
  expect(text().split("\n")[1]).toBe('{"failure":{"code":"node-unreachable","message":"No answer.","node":"n1"}}');
});

test("many rows are few writes, and none is kept back", async () => {
  const { text, writes, sink } = memory();
  const output = textRows<{ n: number }>(sink, ({ n }) => `line ${n}\n`);
  for (let n = 0; n < 100_000; n += 1) await output.row({ n });
  await output.end({ result: {}, failures: [] });
  expect(text().split("\n")).toHaveLength(100_001);
  expect(writes()).toBeLessThan(50);
});

function memory() {
  const written: string[] = [];
  return {
    text: () => written.join(""),
    writes: () => written.length,
    sink: (data: string | Uint8Array): void => {
      written.push(String(data));
    },
  };
}
