import { type Failure, PictlError, toFailure } from "../domain/errors.ts";

/** Whatever ended a command, as rows of `failures`: ours, oclif's (a wrong command line), or a bug. */
export function failuresOf(error: unknown, commandId: string | undefined): readonly Failure[] {
  if (error instanceof PictlError) return error.related.length > 0 ? error.related : [toFailure(error)];
  if (isUsageError(error)) {
    const command = commandId === undefined || commandId === "" ? "" : ` ${commandId.replaceAll(":", " ")}`;
    return [
      toFailure(
        new PictlError("usage", firstSentences(error.message), {
          hint: `\`pictl${command} --help\` shows what it takes.`,
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

function firstSentences(message: string): string {
  return message.replace(/\nSee more help with --help$/, "");
}
