import { type Command, script } from "../shell.ts";

/**
 * One question to a node about many things: a script that answers in sections. Each section's shell text may fail or
 * print nothing (a program or file that the node does not have); the others are answered all the same. Arguments are
 * "$@" in every section.
 */
export function sectionsCommand(sections: Readonly<Record<string, string>>, ...args: readonly string[]): Command {
  const parts = Object.entries(sections).map(([name, text]) => `echo "${heading}${name}"; { ${text}\n}`);
  // Programs of root's are found by other users too; a failing last section is no failure of the whole.
  return script(["PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin", ...parts, "true"].join("\n"), ...args);
}

const heading = "=== pictl ";

/** The text of every section; empty for one that was not answered. */
export function splitSections<Name extends string>(
  sections: Readonly<Record<Name, string>>,
  output: string,
): Record<Name, string> {
  const names = Object.keys(sections) as Name[];
  const text = Object.fromEntries(names.map((name) => [name, ""])) as Record<Name, string>;
  for (const part of output.split(/^=== pictl /m).slice(1)) {
    const name = names.find((each) => part.startsWith(`${each}\n`));
    if (name) text[name] = part.slice(name.length + 1);
  }
  return text;
}

/** The lines that hold something, without blanks at their ends. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

/** A number as programs print it, null for anything else. */
export function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text.trim())) return null;
  return Number(text);
}
