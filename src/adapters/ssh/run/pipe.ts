import { once } from "node:events";
import { Duplex, PassThrough } from "node:stream";
import { firstOf } from "../../../abort.ts";
import type { PipeOptions } from "../../../app/ports.ts";
import { PictlError } from "../../../domain/errors.ts";
import type { Command } from "../../../domain/shell.ts";
import { Crowded, type Hold } from "./channels.ts";
import { interrupted, runCommand } from "./run.ts";
import { onFirstWithRoom, type Session } from "../connect/session.ts";

/** Milliseconds until the command must have started. */
const startTimeoutMs = 60_000;
/** Bytes of stderr kept for the error's text. */
const stderrKept = 16 * 1024;

/** `Connection.pipe`: a command that runs until it ends or the stream is destroyed. */
export async function pipe(session: Session, command: Command, options: PipeOptions = {}): Promise<Duplex> {
  const { signal } = options;
  if (options.lasting) {
    return onFirstWithRoom(session, signal, (place) => startLasting(place, command, options)).catch(
      (error: unknown) => {
        throw signal?.aborted ? interrupted(session.node, signal) : error;
      },
    );
  }
  if (!options.held) return start(session, command, options);
  return start(session, command, options, { held: "in turn", letGo: await turn(session, signal) });
}

function startLasting(session: Session, command: Command, options: PipeOptions): Promise<Duplex> {
  const letGo = session.channels.holdAtOnce();
  if (!letGo) return Promise.reject(new Crowded());
  return start(session, command, options, { held: "lasting", letGo });
}

async function start(
  session: Session,
  command: Command,
  options: PipeOptions,
  { held, letGo }: { readonly held?: Hold; readonly letGo?: () => void } = {},
): Promise<Duplex> {
  const { node } = session;
  const stop = new AbortController();
  const { signal, dispose } = firstOf([options.signal, stop.signal]);
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stream = Duplex.from({ writable: stdin, readable: stdout });
  stream.on("error", () => undefined);

  let onStarted: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    onStarted = resolve;
  });
  const running = runCommand(
    session,
    command,
    {
      timeoutMs: Infinity,
      maxOutputBytes: stderrKept,
      stdin,
      signal,
      held,
      onStdout: (chunk) => forward(chunk, stdout, signal),
      ...(options.sudo === undefined ? {} : { sudo: options.sudo }),
    },
    onStarted,
  ).finally(() => {
    dispose();
    letGo?.();
  });
  running.then(
    (outcome) => {
      if (outcome.status === "ok") {
        stdout.end();
        return;
      }
      const said = outcome.stderr.replace(/\s+/g, " ").trim();
      const ending = said === "" ? "." : `: ${said}.`;
      stream.destroy(
        outcome.status === "failed"
          ? new PictlError("command-failed", `The command on ${node} ended with code ${outcome.code}${ending}`, {
              node,
            })
          : new PictlError("connection-lost", `The command on ${node} ${cutOff[outcome.reason]}${ending}`, {
              node,
              hint: `\`pictl doctor ${node}\` looks at the line and the node. When they are well, say it again.`,
            }),
      );
    },
    (error: unknown) => {
      stream.destroy(error as Error);
    },
  );
  stream.once("close", () => {
    stop.abort(new PictlError("interrupted", "The stream was closed.", { node }));
  });

  const timer = setTimeout(() => {
    stop.abort(
      new PictlError("timeout", `The command on ${node} did not start within ${startTimeoutMs / 1000} s.`, { node }),
    );
  }, startTimeoutMs);
  try {
    await Promise.race([started, running]);
    return stream;
  } finally {
    clearTimeout(timer);
  }
}

const cutOff = {
  timeout: "did not end in time",
  "connection-lost": "was cut off with its connection",
  killed: "was killed",
} as const;

async function turn({ node, channels }: Session, signal: AbortSignal | undefined): Promise<() => void> {
  try {
    return await channels.hold(signal);
  } catch (error) {
    throw signal?.aborted ? interrupted(node, signal) : error;
  }
}

async function forward(chunk: Uint8Array, stdout: PassThrough, signal: AbortSignal): Promise<void> {
  if (stdout.destroyed || stdout.write(chunk)) return;
  await once(stdout, "drain", { signal }).catch(() => undefined);
}
