import { describe, expect, test } from "vitest";
import { describeTerminal } from "../../../src/cli/output/terminal.ts";

const tty = { isTTY: true, columns: 100 };
const pipe = {};
const flags = { noColor: false, json: false };

function colour(env: NodeJS.ProcessEnv, noColor = false, stdout: object = tty): boolean {
  return describeTerminal({ env, stdin: tty, stdout, stderr: tty }, { noColor, json: false }).out.colour;
}

describe("colour", () => {
  test.each([
    ["a terminal", {}, false, tty, true],
    ["a pipe", {}, false, pipe, false],
    ["NO_COLOR", { NO_COLOR: "1" }, false, tty, false],
    ["an empty NO_COLOR does not count (no-color.org)", { NO_COLOR: "" }, false, tty, true],
    ["--no-color", {}, true, tty, false],
    ["--no-color beats FORCE_COLOR", { FORCE_COLOR: "1" }, true, tty, false],
    ["FORCE_COLOR in a pipe", { FORCE_COLOR: "1" }, false, pipe, true],
    ["FORCE_COLOR=0", { FORCE_COLOR: "0" }, false, pipe, false],
    ["a dumb terminal", { TERM: "dumb" }, false, tty, false],
  ] as const)("%s", (_what, env, noColor, stdout, expected) => {
    expect(colour(env, noColor, stdout)).toBe(expected);
  });
});

test("a pipe is as wide as its longest line; a terminal that does not tell its width has 80 columns", () => {
  const terminal = describeTerminal({ env: {}, stdin: pipe, stdout: pipe, stderr: { isTTY: true } }, flags);
  expect([terminal.out.width, terminal.err.width]).toEqual([Number.POSITIVE_INFINITY, 80]);
  const unsized = { isTTY: true, columns: 0 };
  expect(describeTerminal({ env: {}, stdin: pipe, stdout: unsized, stderr: pipe }, flags).out.width).toBe(80);
});

test("nobody is asked, and nothing redrawn, under --json or when stdin is no terminal", () => {
  const streams = { env: {}, stdin: tty, stdout: tty, stderr: tty };
  expect(describeTerminal(streams, flags)).toMatchObject({ interactive: true, live: true });
  expect(describeTerminal(streams, { noColor: false, json: true })).toMatchObject({ interactive: false, live: false });
  expect(describeTerminal({ ...streams, stdin: pipe }, flags)).toMatchObject({ interactive: false, live: true });
  expect(describeTerminal({ ...streams, stderr: pipe }, flags)).toMatchObject({ interactive: false, live: false });
});
