/** A place in a string of arguments where a shell would put something else. */
export interface Expansion {
  readonly offset: number;
  /** As it is written: `$(hostname)`, `$HOME`, `~`. */
  readonly text: string;
}

/**
 * What a POSIX shell would replace in a string of words: command and parameter expansion outside of single quotes, and
 * a tilde that begins a word. pictl replaces nothing; PiCluster's agents gave such strings to a shell.
 */
export function findExpansions(input: string): readonly Expansion[] {
  const found: Expansion[] = [];
  for (const match of input.matchAll(piece)) {
    const { double, expansion, tilde } = match.groups ?? {};
    const text = expansion ?? tilde;
    if (text !== undefined) found.push({ offset: match.index, text });
    if (double !== undefined) found.push(...inside(double, match.index));
  }
  return found;
}

const expansion = String.raw`\$\([^)]*\)?|\$\{[^}]*\}?|\$[A-Za-z_]\w*|` + "`[^`]*`?";

const piece = new RegExp(
  String.raw`'[^']*'?|\$\$|(?<double>"(?:\\[^]|[^"\\])*"?)|\\[^]|(?<expansion>${expansion})|(?<=^|\s)(?<tilde>~)(?=$|[\s/\w])`,
  "g",
);

/** In double quotes a shell replaces what begins with `$`, and backquotes. */
function inside(text: string, at: number): readonly Expansion[] {
  const found = text.matchAll(new RegExp(String.raw`\\[^]|\$\$|(?<expansion>${expansion})`, "g"));
  return [...found].flatMap((match) => {
    const written = match.groups?.["expansion"];
    return written === undefined ? [] : [{ offset: at + match.index, text: written }];
  });
}
