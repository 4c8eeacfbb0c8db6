import { regularExpression } from "../../domain/regular-expression.ts";

/** A regular expression from the command line. Throws usage. */
export function pattern(flag: string, text: string): RegExp {
  return regularExpression(text, {
    name: `--${flag}`,
    hint: `Put a backslash before characters that stand for themselves: \`--${flag} 'a\\(b'\`.`,
  });
}
