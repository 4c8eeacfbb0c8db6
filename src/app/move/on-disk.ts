import { PictlError } from "../../domain/errors.ts";
import type { Command } from "../../domain/shell.ts";
import type { Connection, Outcome, Ports, RunOptions } from "../ports.ts";

/** What a move does on the disks of nodes, as root. */

/** Hashing and packing a large volume takes as long as it takes. */
const timeoutMs = 24 * 3_600_000;

/** How a script says no (`domain/move/data-commands.ts`). */
const saysNo = 73;

/** What the script says; undefined when it says no. Throws command-failed when it does neither, and what `mustSucceed` throws. */
export async function answerOnDisk(
  connection: Connection,
  command: Command,
  options: RunOptions & Pick<Ports, "signal">,
): Promise<string | undefined> {
  const outcome = await asRoot(connection, command, options);
  return outcome.status === "failed" && outcome.code === saysNo ? undefined : output(connection, outcome);
}

/** What the command says, trimmed. Throws command-failed, disk-full, connection-lost, timeout. */
export async function mustSucceed(connection: Connection, command: Command, options: RunOptions): Promise<string> {
  return output(connection, await asRoot(connection, command, options));
}

export async function needsSudo(connection: Connection): Promise<boolean> {
  return !(await connection.privilege()).root;
}

async function asRoot(connection: Connection, command: Command, options: RunOptions): Promise<Outcome> {
  return connection.run(command, { timeoutMs, ...options, sudo: await needsSudo(connection) });
}

function output({ node }: Connection, outcome: Outcome): string {
  if (outcome.status === "ok") return outcome.stdout.trim();
  if (outcome.status === "unknown") {
    const timedOut = outcome.reason === "timeout";
    const why = timedOut ? "it took too long" : "the connection was lost";
    throw new PictlError(timedOut ? "timeout" : "connection-lost", `Copying data failed on ${node}: ${why}.`, {
      node,
      hint: `\`pictl doctor ${node}\` looks at the line and the node. When they are well, move it again.`,
    });
  }
  // After what failed, tar says that it failed.
  const lines = outcome.stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("tar: Exiting with failure status"));
  const said = lines.at(-1) || `exit code ${String(outcome.code)}`;
  const full = /No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(outcome.stderr);
  throw new PictlError(
    full ? "disk-full" : "command-failed",
    `${full ? "The disk is full: copying" : "Copying"} data failed on ${node}: ${said}.`,
    {
      node,
      hint: full
        ? `Make room on ${node}: \`pictl prune --node ${node}\` removes what nothing there needs.`
        : "Copying needs root on both nodes (the login, or sudo), `tar`, `find`, `stat` and `sha256sum`.",
    },
  );
}
