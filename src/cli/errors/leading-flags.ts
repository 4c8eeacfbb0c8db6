/**
 * Global flags that stand ahead of the command, as docker and kubectl take them, are put behind it, where oclif looks:
 * `--config x exec -- df` becomes `exec --config x -- df`. Other words stay as they are.
 */
export function leadingFlagsBehind(words: readonly string[]): string[] {
  const { flags, command } = leadingFlags(words);
  // Without a command they are help's or nobody's, and the answer is about them.
  if (flags.length === 0 || command.length === 0) return [...words];
  const end = command.indexOf("--");
  return end === -1 ? [...command, ...flags] : [...command.slice(0, end), ...flags, ...command.slice(end)];
}

/** The global flags ahead of the command, and the command. `open`: the last of them waits for its value. */
export function leadingFlags(words: readonly string[]): {
  readonly flags: readonly string[];
  readonly command: readonly string[];
  readonly open: boolean;
} {
  let count = 0;
  while (count < words.length && isGlobal(words[count] ?? "")) count += takesNext(words[count] ?? "") ? 2 : 1;
  return { flags: words.slice(0, count), command: words.slice(count), open: count > words.length };
}

function isGlobal(word: string): boolean {
  return /^(?:--(?:json|no-color|debug)|--(?:config|concurrency)(?:=.*)?|-c.*)$/s.test(word);
}

function takesNext(word: string): boolean {
  return word === "--config" || word === "--concurrency" || word === "-c";
}
