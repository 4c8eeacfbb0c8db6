import type { IncomingMessage } from "node:http";
import { abortable } from "../../abort.ts";
import type { LogOptions } from "../../app/ports.ts";
import type { LogRecord } from "../../domain/docker/facts.ts";
import { dockerUnavailable } from "../../domain/docker/client/failure.ts";
import { object } from "../../domain/docker/json.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Api } from "./api.ts";
import { framedLogs, rawLogs } from "./log-stream.ts";

/**
 * A container's log, line by line, in constant memory. A followed log ends when the container does, or is removed.
 * Throws container-missing, docker-failed (a log driver that cannot be read), docker-unavailable, interrupted.
 */
export async function* readContainerLogs(
  { node, api }: { readonly node: string; readonly api: Api },
  id: string,
  options: LogOptions,
): AsyncGenerator<LogRecord> {
  const { signal } = options;
  const container = `/containers/${encodeURIComponent(id)}`;
  const inspection = await api.get(`${container}/json`, signal);
  const response =
    inspection === undefined
      ? undefined
      : await api.stream(`${container}/logs?${query(options)}`, signal).catch((error: unknown) => {
          throw unreadable(error) ?? error;
        });
  if (!response) throw new PictlError("container-missing", "The container is gone.", { node, container: id });

  try {
    const log = hasTerminal(inspection) ? rawLogs() : framedLogs();
    for await (const chunk of read(response, signal, options.follow ? undefined : { node, ms: api.timeoutMs })) {
      yield* log.push(chunk);
    }
    // A response that is destroyed may end like one that is whole.
    if (!response.complete) throw new Error("the log broke off");
    yield* log.end();
  } catch (error) {
    if (signal.aborted)
      throw new PictlError("interrupted", "Interrupted while a log was read.", { node, cause: error });
    if (error instanceof PictlError) throw error.at({ node, container: id });
    throw dockerUnavailable(node, "The connection ended in the middle of a log.", error);
  } finally {
    response.destroy();
  }
}

/** Undefined when it is something else than the log driver that keeps the log from being read. */
function unreadable(error: unknown): PictlError | undefined {
  if (!(error instanceof PictlError) || !error.message.includes("does not support reading")) return undefined;
  return new PictlError("docker-failed", "Docker cannot read the container's log: its log driver sends it elsewhere.", {
    hint: "`--log-driver` in its arguments, or `log-driver` in the node's daemon.json, names it; json-file, local and journald can be read.",
    cause: error,
  });
}

function query({ follow, tail, since }: LogOptions): string {
  const options = {
    stdout: "1",
    stderr: "1",
    timestamps: "1",
    follow: follow ? "1" : "0",
    tail: String(tail ?? "all"),
  };
  return new URLSearchParams(since === undefined ? options : { ...options, since: String(since) }).toString();
}

function hasTerminal(inspection: unknown): boolean {
  return object(object(inspection)["Config"])["Tty"] === true;
}

/**
 * The chunks as they come; with a limit, an engine that stops in the middle is given up. An abort is not left to the
 * response to tell, whose own end is told by the other side and may never come.
 */
async function* read(
  response: IncomingMessage,
  signal: AbortSignal,
  limit?: { node: string; ms: number },
): AsyncGenerator<Buffer> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const timer = limit && setTimeout(() => response.destroy(stalled(limit)), limit.ms);
    const next = await abortable(chunks.next(), signal).finally(() => {
      clearTimeout(timer);
    });
    if (next.done) return;
    yield next.value;
  }
}

function stalled({ node, ms }: { node: string; ms: number }): PictlError {
  return dockerUnavailable(node, `It stopped in the middle of a log for ${String(ms / 1000)} s.`);
}
