import { type Failure, PictlError, toFailure } from "../domain/errors.ts";

/** Whatever ended a command, as rows of `failures`: ours, oclif's (a wrong command line), or a bug. */
export function failuresOf(error: unknown, commandId: string | undefined): readonly Failure[] {
  if (error instanceof PictlError) return error.related.length > 0 ? error.related : [toFailure(error)];
  if (isUsageError(error)) {
    const command = commandId === undefined || commandId === "" ? "" : ` ${commandId.replaceAll(":", " ")}`;
    return [
      toFailure(
        new PictlError("usage", firstSentences(error.message), {
          hint: `${valueHint(error.message)}\`pictl${command} --help\` shows what it takes.`,
        }),
      ),
    ];
  }
  return [
    {
      ...toFailure(error),
      hint: "This is a bug in pictl. Run it again with --debug and report what it prints.",
    },
  ];
}

/** oclif marks what its parser throws with `oclif.exit` (2 for a wrong command line). */
function isUsageError(error: unknown): error is Error & { oclif: { exit?: number } } {
  return error instanceof Error && "oclif" in error;
}

/** oclif's message without its headings: "Parsing --x \n\tExpected …", "The following error occurred:\n  …". */
function firstSentences(message: string): string {
  return message
    .replace(/\nSee more help with --help$/, "")
    .replace(/^Parsing (\S+)\s+Expected/, "$1: expected")
    .replace(/^The following errors? occurred:\s+/, "");
}

/** `config set layout[0].web "-p 80:80"`: the shell took the quotes, and what is left looks like a flag. */
function valueHint(message: string): string {
  return /^Nonexistent flags?: /.test(message) ? "A value that begins with - stands last, after `--`. " : "";
}
