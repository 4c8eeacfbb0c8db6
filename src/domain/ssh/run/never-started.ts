import { PictlError } from "../../errors.ts";

export interface NeverStarted {
  readonly node: string;
  /** What stood in the way: the login shell, or sudo. */
  readonly stage: "shell" | "sudo";
  /** What it printed. */
  readonly said: string;
  readonly code: number;
  /** sudo was given a password. */
  readonly wrongPassword: boolean;
}

/** A command that ended before it began: the login shell did not run it, or sudo did not. */
export function neverStarted({ node, stage, said, code, wrongPassword }: NeverStarted): PictlError {
  const words = said.replace(/\s+/g, " ").trim().slice(-300);
  const quoted = words === "" ? `it said nothing and ended with code ${code}` : `it said: "${words}"`;
  if (stage === "shell") {
    return new PictlError("shell-unusable", `The login shell on ${node} does not run commands; ${quoted}.`, {
      node,
      hint: "The account needs a shell such as /bin/sh (`chsh -s /bin/sh USER`) and no ForceCommand.",
    });
  }
  if (code === 127) {
    return new PictlError("sudo-failed", `There is no sudo on ${node}; ${quoted}.`, {
      node,
      hint: "Install sudo, log in as root, or add the user to the docker group.",
    });
  }
  return wrongPassword
    ? new PictlError("sudo-failed", `sudo on ${node} refused the password, or this user; ${quoted}.`, {
        node,
        hint: "One attempt was made, so that no account gets locked. Check the password and the user's sudo rights.",
      })
    : new PictlError("sudo-failed", `sudo on ${node} does not work without a password; ${quoted}.`, {
        node,
        hint: "Run the command on a terminal to be asked for it, or add a NOPASSWD rule to sudoers.",
      });
}
