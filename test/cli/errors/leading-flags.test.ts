import { expect, test } from "vitest";
import { leadingFlagsBehind } from "../../../src/cli/errors/leading-flags.ts";
import { PictlCommand } from "../../../src/cli/command.ts";

test.each([
  [
    ["--config", "x", "exec", "--", "df", "-h"],
    ["exec", "--config", "x", "--", "df", "-h"],
  ],
  [
    ["--json", "-c", "x.json", "node", "add", "n1"],
    ["node", "add", "n1", "--json", "-c", "x.json"],
  ],
  [
    ["--config=x", "--concurrency", "4", "--no-color", "status", "--json"],
    ["status", "--json", "--config=x", "--concurrency", "4", "--no-color"],
  ],
  [
    ["-cx", "nodes"],
    ["nodes", "-cx"],
  ],
  [
    ["status", "--json"],
    ["status", "--json"],
  ],
  [["--json"], ["--json"]],
  [["--config"], ["--config"]],
  [
    ["--nope", "status"],
    ["--nope", "status"],
  ],
  [["--help"], ["--help"]],
])("%j → %j", (words, expected) => {
  expect(leadingFlagsBehind(words)).toEqual(expected);
});

test("every global flag may lead", () => {
  for (const [name, { type, char }] of Object.entries(PictlCommand.baseFlags)) {
    const value = type === "option" ? ["1"] : [];
    expect(leadingFlagsBehind([`--${name}`, ...value, "status"])).toEqual(["status", `--${name}`, ...value]);
    if (char) expect(leadingFlagsBehind([`-${char}`, ...value, "status"])).toEqual(["status", `-${char}`, ...value]);
  }
});
