import { PictlError } from "../../domain/errors.ts";

/** A regular expression from the command line. Throws usage. */
export function pattern(flag: string, text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch {
    // Unicode mode refuses needless backslashes, which people type.
  }
  try {
    return new RegExp(text);
  } catch (error) {
    throw new PictlError("usage", `--${flag} is no regular expression: ${(error as Error).message}.`, {
      hint: `Put a backslash before characters that stand for themselves: \`--${flag} 'a\\(b'\`.`,
    });
  }
}
