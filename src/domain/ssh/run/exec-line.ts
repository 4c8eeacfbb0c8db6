/**
 * A line for whatever login shell a node has. sshd gives our line to `$SHELL -c`, and that may be sh, bash, zsh, fish
 * or csh, after start-up files that print, or nologin. So the line is constant text that means the same to all of
 * them, starts a POSIX sh, and holds the command with every unusual byte written in octal (POSIX `printf %b`). It
 * first prints a marker and its process id on both outputs: what came before is the login shell's noise; when it
 * never comes the command never started; and the id, which is also that of its process group, is what to signal.
 */

/** csh refuses words of 1024 bytes and more. */
const maxInlineBytes = 800;

export interface ExecLine {
  readonly line: string;
  /** Goes to stdin ahead of everything else, when the command is too long to stand in the line. */
  readonly preamble: string;
}

/** `marker` is a fresh random word of letters and digits; `command` a POSIX sh line (`render`). */
export function execLine(command: string, marker: string): ExecLine {
  const announce = announcement(marker);
  // What is written in octal is never shorter.
  const inline = command.length <= maxInlineBytes ? inOctal(command, unusual) : undefined;
  if (inline !== undefined && inline.length <= maxInlineBytes) {
    return { line: `exec sh -c '${announce};pictl_=$(printf %bx "${inline}");eval "\${pictl_%x}"'`, preamble: "" };
  }
  return {
    line: `exec sh -c 'IFS= read -r pictl_;${announce};pictl_=$(printf %bx "$pictl_");eval "\${pictl_%x}"'`,
    preamble: `${inOctal(command, unreadable)}\n`,
  };
}

/** sh text that says on both outputs that what follows is running. */
export function announcement(marker: string): string {
  return `echo ${marker} $$;echo ${marker} $$>&2`;
}

const octals = Array.from({ length: 256 }, (_, byte) => `\\0${byte.toString(8).padStart(3, "0")}`);
const octal = (byte: number): string => octals[byte] ?? "";
const utf8 = new TextEncoder();

/** What means something to a login shell, or might. */
const unusual = /[^A-Za-z0-9 _@%+=:,./-]/gu;
/** What means something to `read -r` and `printf %b`; of a command with the guard in it, which has 7 kB, that is little. */
const unreadable = /[^ -[\]-~]/gu;

function inOctal(command: string, what: RegExp): string {
  return command.replace(what, (char) =>
    char < "\x80" ? octal(char.charCodeAt(0)) : Array.from(utf8.encode(char), octal).join(""),
  );
}
