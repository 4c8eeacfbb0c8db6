import { randomBytes } from "node:crypto";
import { quote } from "../../../domain/shell.ts";
import { announcement, execLine } from "../../../domain/ssh/run/exec-line.ts";

/** How sudo is used on a node: not at all (the login is root), without or with a password. */
export type SudoMode = "none" | "free" | "password";

/** A command ready to be sent. */
export interface Launch {
  readonly line: string;
  /** For stdin, ahead of everything. */
  readonly preamble: string;
  /** Each opens a line on both outputs, in this order; the command starts behind the last. */
  readonly markers: readonly string[];
  /** What sudo writes to stderr when it wants the password. */
  readonly prompt: string | undefined;
}

/** `command` is a line for a POSIX sh (`render`). */
export function launch(command: string, sudo: SudoMode): Launch {
  const login = marker();
  if (sudo === "none") return { ...execLine(command, login), markers: [login], prompt: undefined };
  const root = marker();
  const prompt = sudo === "password" ? marker() : undefined;
  const inner = quote(`${announcement(root)};${command}`);
  // -k: a cached credential would leave the password line to be read by the command.
  const flags = prompt === undefined ? "-n" : `-S -k -p ${prompt}`;
  return { ...execLine(`exec sudo ${flags} -- sh -c ${inner}`, login), markers: [login, root], prompt };
}

function marker(): string {
  return `pictl-${randomBytes(9).toString("hex")}`;
}
