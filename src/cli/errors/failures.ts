import { type Failure, PictlError, toFailure } from "../../domain/errors.ts";
import { isParserError, usageError } from "./usage-error.ts";

/** Whatever ended a command, as rows of `failures`: ours, oclif's (a wrong command line), or a bug. */
export function failuresOf(error: unknown, commandId = ""): readonly Failure[] {
  if (error instanceof PictlError) return error.related.length > 0 ? error.related : [toFailure(error)];
  if (isParserError(error)) return [toFailure(usageError(error, commandId.replaceAll(":", " ")))];
  return [
    {
      ...toFailure(error),
      hint: "This is a bug in pictl. Run it again with --debug and report what it prints.",
    },
  ];
}
