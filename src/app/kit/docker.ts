import { firstOf } from "../../abort.ts";
import { dockerAccessError, nameTaken } from "../../domain/docker/client/failure.ts";
import { dockerRights } from "../../domain/docker/client/rights.ts";
import { dockerAdvice, dockerSaid } from "../../domain/docker/client/said.ts";
import { PictlError } from "../../domain/errors.ts";
import { type Command } from "../../domain/shell.ts";
import type { Connection, Outcome, RunOptions } from "../ports.ts";

export interface DockerCommand extends RunOptions {
  /** What is being done, for the error: `start web`. */
  readonly doing: string;
  /** It changes nothing, so it may come late. */
  readonly reads?: boolean;
}

/**
 * Runs a docker client command on a node, through sudo where the login needs it, and behind the node's guard unless
 * it only reads. Throws docker-failed with docker's own words, container-foreign where a name is taken, docker-missing,
 * docker-denied, docker-unavailable, what a refusal of the guard throws (`RunOptions.guard`), timeout or connection-lost;
 * the last two say that nobody knows whether it was done. One that prints without an end is ended, as after its time.
 */
export async function runDocker(connection: Connection, command: Command, options: DockerCommand): Promise<Outcome> {
  const { doing, reads = false, ...runOptions } = options;
  const { sudo, privileged } = dockerRights(await connection.privilege());
  const flood = floodGate(() =>
    unknownEnd("prints without an end (4 MB were heard)", { doing, node: connection.node }),
  );
  const { signal, dispose } = firstOf([runOptions.signal, flood.signal]);
  let outcome: Outcome;
  try {
    outcome = await connection.run(command, {
      onStdout: flood.take,
      onStderr: flood.take,
      ...runOptions,
      signal,
      sudo,
      ...(reads ? {} : { guard: runOptions.guard ?? {} }),
    });
  } finally {
    dispose();
  }
  if (outcome.status !== "ok") throw dockerError(outcome, { doing, node: connection.node, privileged });
  return outcome;
}

/** What a docker command that did not end well means. */
export function dockerError(
  outcome: Exclude<Outcome, { status: "ok" }>,
  { doing, node, privileged }: { doing: string; node: string; privileged: boolean },
): PictlError {
  if (outcome.status === "unknown") {
    const why = { timeout: "did not end in time", "connection-lost": "lost its connection", killed: "was killed" };
    return unknownEnd(
      why[outcome.reason],
      { doing, node },
      outcome.reason === "timeout" ? "timeout" : "connection-lost",
    );
  }
  const said = outcome.stderr.trim();
  const noAccess = dockerAccessError(said, { node, privileged });
  if (noAccess) return noAccess;
  const taken = nameTaken(said, { doing, node });
  if (taken) return taken;
  const words = dockerSaid(said, outcome.code);
  return new PictlError("docker-failed", `Could not ${doing}: ${words}`, { node, hint: dockerAdvice(words, node) });
}

function unknownEnd(
  why: string,
  { doing, node }: { readonly doing: string; readonly node: string },
  code: "timeout" | "connection-lost" = "timeout",
): PictlError {
  const hangs =
    code === "timeout"
      ? ` Docker hangs there: \`pgrep -a docker\` and \`journalctl -u docker\` on ${node} tell where.`
      : "";
  return new PictlError(code, `Could not ${doing}: the docker command ${why}, and may or may not have done its work.`, {
    node,
    hint: `Look with \`pictl status\` before trying again.${hangs}`,
  });
}

/** More than docker says of anything it does. */
const mostBytes = 4 * 1024 * 1024;

/** Counts what is heard; its signal aborts, for the reason that `why` gives, when that is too much. */
function floodGate(why: () => PictlError): {
  readonly signal: AbortSignal;
  readonly take: (chunk: Uint8Array) => void;
} {
  const over = new AbortController();
  let heard = 0;
  return {
    signal: over.signal,
    take: ({ length }) => {
      heard += length;
      if (heard > mostBytes) over.abort(why());
    },
  };
}
