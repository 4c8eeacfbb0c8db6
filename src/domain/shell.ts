/**
 * Commands for a node, as values. Words are data and are quoted exactly once, here; the combinators are the only
 * syntax. What comes out of `render` is a line for a POSIX `sh` (dash, bash, busybox), whatever the login shell is.
 */
export type Command =
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Trusted POSIX sh text of ours, with `args` as "$1", "$2" …; never put data into `text`. */
  | { readonly kind: "script"; readonly text: string; readonly args: readonly string[] }
  /** A line the user typed to be run as it is (`pictl exec`). */
  | { readonly kind: "line"; readonly line: string };

export function words(...list: readonly string[]): Command & { readonly kind: "words" } {
  return { kind: "words", words: list };
}

export function script(text: string, ...args: readonly string[]): Command {
  return { kind: "script", text, args };
}

export function line(text: string): Command {
  return { kind: "line", line: text };
}

/** sh text that sets `me` to what `id -u` prints, and starts no program for it, which takes a small node milliseconds. */
export const findMe = `while read -r field _ me _; do [ "$field" != Uid: ] || break; done </proc/self/status`;

/** Quotes one word for a POSIX shell: left bare where that is safe, else in single quotes. */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The line a POSIX sh runs. Throws a RangeError on a NUL, which no argument vector can hold. */
export function render(command: Command): string {
  if (command.kind !== "script") return renderAlone(command);
  return renderAlone(words("sh", "-c", command.text, "sh", ...command.args));
}

/** The same for a sh that runs nothing else: a script has it for itself, so that no second one is started. */
export function renderAlone(command: Command): string {
  const text = textOf(command);
  if (text.includes("\0")) throw new RangeError("a command cannot contain a NUL byte");
  return text;
}

function textOf(command: Command): string {
  switch (command.kind) {
    case "words":
      return command.words.map(quote).join(" ");
    case "script":
      return command.args.length === 0 ? command.text : `set -- ${command.args.map(quote).join(" ")}\n${command.text}`;
    case "line":
      return command.line;
  }
}
