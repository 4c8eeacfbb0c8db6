import { expect, test } from "vitest";
import { lastMatching } from "../../../src/app/logs/readings.ts";
import type { LogRecord } from "../../../src/domain/docker/facts.ts";

async function lines(all: readonly string[], count: number): Promise<string[]> {
  async function* records(): AsyncGenerator<LogRecord> {
    await Promise.resolve();
    for (const [index, line] of all.entries()) yield { time: String(index), stream: "stdout", line };
  }
  const found: string[] = [];
  for await (const { line } of lastMatching(records(), { grep: /error/, count })) found.push(line);
  return found;
}

test.each<[string, string[], number, string[]]>([
  [
    "the last that match, however far from the end",
    ["error 1", "error 2", "error 3", "a", "b"],
    2,
    ["error 2", "error 3", "b"],
  ],
  ["fewer than wanted", ["a", "error 1", "b"], 5, ["error 1", "b"]],
  ["the last line itself", ["error 1", "a", "error 2"], 1, ["error 2"]],
  ["none", ["a", "b"], 3, ["b"]],
  ["an empty log", [], 3, []],
  [
    "many more than wanted",
    Array.from({ length: 1000 }, (_, at) => `error ${String(at)}`),
    3,
    ["error 997", "error 998", "error 999"],
  ],
])("%s", async (_, all, count, expected) => {
  expect(await lines(all, count)).toEqual(expected);
});
