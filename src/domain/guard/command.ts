import { PictlError } from "../errors.ts";
import { safety } from "../safety.ts";
import { quote } from "../shell.ts";
import { type ClockSample, deadlineOn } from "./clock.ts";

/** In whose name a daemon gives commands; nodes refuse an older one than they know of. */
export interface Fence {
  /** A random word of one state folder. */
  readonly owner: string;
  /** Grows with each election; at least 1. */
  readonly epoch: number;
}

/** What a command carries so that its node can refuse it. */
export interface Ticket {
  /** The text of `templates/guard.sh`. */
  readonly guard: string;
  /** A fresh random word; the guard's words begin with it. */
  readonly token: string;
  readonly cluster: string;
  readonly clock: ClockSample;
  /** Our monotonic time at which it must have begun. */
  readonly until: number;
  /** Missing for commands by hand. */
  readonly fence: Fence | undefined;
  /** The node's lock that is held while the command runs, if any. */
  readonly lock: string | undefined;
}

/** Milliseconds within which a command must begin after it was sent, if nobody says another time. */
export const commandWindowMs = 10_000;

/** A daemon that may act no longer has something left to do. */
export function leaseOver(node: string): PictlError {
  return new PictlError(
    "superseded",
    "This daemon leads no longer, or too few nodes answer to know, so it did not send the command: nothing was done.",
    { node, hint: "Whoever leads goes on, this daemon too when it is elected again." },
  );
}

/** `line` (a POSIX sh line) behind the guard. */
export function guarded(line: string, { guard, token, cluster, clock, until, fence, lock }: Ticket): string {
  const deadline = safety.deadline ? String(deadlineOn(clock, until)) : "";
  const { epoch, owner } = (safety.epoch && fence) || { epoch: "", owner: "" };
  const args = ["run", token, cluster, clock.bootId, deadline, String(epoch), owner, lock ?? "", line];
  return ["sh", "-c", guard, "guard.sh", ...args].map(quote).join(" ");
}

/** What the guard said on stderr when it refused; undefined when the command was begun. Throws nothing. */
export function guardRefusal(
  { token }: Pick<Ticket, "token">,
  outcome: { readonly code: number | null; readonly stderr: string },
  node: string,
): PictlError | undefined {
  if (outcome.code === null || outcome.code < 180 || outcome.code > 184) return undefined;
  const line = outcome.stderr.split("\n").find((each) => each.startsWith(`${token} `));
  if (line === undefined) return undefined;
  const [, why, ...details] = line.split(" ");
  return errorFor(why, details, node);
}

function errorFor(why: string | undefined, details: readonly string[], node: string): PictlError | undefined {
  switch (why) {
    case "late":
      return new PictlError(
        "command-late",
        `The command reached the node ${seconds(details[0])} s after its deadline, so it refused it: nothing was done.`,
        { node, hint: "The line to the node was cut or slow. Look with `pictl status`, and try again." },
      );
    case "rebooted":
      return new PictlError(
        "node-rebooted",
        "The node was restarted since it was looked at, so it refused the command: nothing was done.",
        { node, hint: "Look with `pictl status`, and try again." },
      );
    case "superseded":
      return new PictlError(
        "superseded",
        `Another pictl daemon leads this cluster (epoch ${details[0] ?? "?"}), so the node refused the command: nothing was done.`,
        {
          node,
          hint: "One of two daemons is too many, or this one was cut off for a while; it stands by from here on.",
        },
      );
    case "busy":
      return new PictlError(
        "lock-held",
        "The node did not come to this command within 2 s, because another one of pictl hangs there: nothing was done.",
        { node, hint: "Look on the node for processes of `guard.sh`, and at its disk." },
      );
    case "state":
      return new PictlError(
        "state-write-failed",
        `The node could not write ${details.join(" ")}, where it remembers whom to obey: nothing was done.`,
        { node, hint: "Make room there, and see that the file system is not read-only." },
      );
    case "unsafe": {
      const folder = details.join(" ");
      return new PictlError(
        "state-write-failed",
        `On the node, ${folder}, where it remembers whom to obey, or the folder above it, is a link, or somebody else may write there: nothing was done.`,
        {
          node,
          hint: `Give both to the login, and to nobody else: \`ls -ld\` shows whose they are, \`chown\` and \`chmod go-w\` mend it. \`rm -r ${quote(folder)}\` is as good.`,
        },
      );
    }
    default:
      return undefined;
  }
}

function seconds(hundredths: string | undefined): string {
  return (Number(hundredths) / 100).toFixed(1);
}
