import { CLIError } from "@oclif/core/errors";
import { expect, test } from "vitest";
import { failuresOf } from "../../src/cli/failures.ts";

test.each([
  [
    "Parsing --timeout \n\tExpected an integer but received: 1s\nSee more help with --help",
    "--timeout: expected an integer but received: 1s",
  ],
  ["The following error occurred:\n  --tail=x: not a number", "--tail=x: not a number"],
])("%j is told as %j", (message, told) => {
  expect(failuresOf(new CLIError(message), "exec")).toMatchObject([
    { code: "usage", message: told, hint: "`pictl exec --help` shows what it takes." },
  ]);
});

test("a value that looks like a flag: the way out is told", () => {
  expect(failuresOf(new CLIError("Nonexistent flag: -p 80:80"), "config:set")).toMatchObject([
    { hint: "A value that begins with - stands last, after `--`. `pictl config set --help` shows what it takes." },
  ]);
});
