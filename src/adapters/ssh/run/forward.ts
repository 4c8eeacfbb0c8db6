import type { Duplex } from "node:stream";
import { abortable } from "../../../abort.ts";
import { PictlError } from "../../../domain/errors.ts";
import { keepable } from "../connect/keepalive.ts";
import type { Session } from "../connect/session.ts";
import { interrupted } from "./run.ts";

/** `Connection.openSocket` */
export function openSocket(session: Session, path: string, signal?: AbortSignal): Promise<Duplex> {
  return openForwarded(session, path, signal, (opened) => {
    session.client.openssh_forwardOutStreamLocal(path, opened);
  });
}

/** `Connection.openTcp` */
export function openTcp(session: Session, host: string, port: number, signal?: AbortSignal): Promise<Duplex> {
  return openForwarded(session, `${host}:${port}`, signal, (opened) => {
    session.client.forwardOut("127.0.0.1", 0, host, port, opened);
  });
}

/** What ssh2 says when there is no connection, or none any more. */
const lost: ReadonlySet<string> = new Set(["Not connected", "No response from server"]);

type Opened = (error: Error | undefined, channel: Duplex) => void;

async function openForwarded(
  { node }: Session,
  what: string,
  signal: AbortSignal | undefined,
  open: (opened: Opened) => void,
): Promise<Duplex> {
  signal?.throwIfAborted();
  const opening = new Promise<Duplex>((resolve, reject) => {
    open((error, channel) => {
      if (error) reject(error);
      else resolve(keepable(endable(channel)));
    });
  });
  try {
    return await abortable(opening, signal, (channel) => channel.destroy());
  } catch (error) {
    throw signal?.aborted ? interrupted(node, signal) : notOpened(node, what, error);
  }
}

/** Why sshd has not opened something. */
export function notOpened(node: string, what: string, cause: unknown): PictlError {
  const detail = cause instanceof Error ? cause.message.replace(/^\(SSH\) Channel open failure: /, "") : String(cause);
  if (lost.has(detail)) {
    return new PictlError("connection-lost", `The connection to ${node} ended before sshd had opened ${what}.`, {
      node,
      cause,
    });
  }
  return new PictlError("command-failed", `sshd on ${node} does not open ${what}: ${detail}.`, { node, cause });
}

/**
 * Makes an ssh2 channel end as a stream does: it tells "close" only after "end", which nobody reads of a stream that is
 * destroyed, and stays writable when its connection is lost.
 */
export function endable(channel: Duplex): Duplex {
  const destroy = channel.destroy.bind(channel);
  channel.destroy = (error) => {
    channel.removeAllListeners("data").resume();
    return destroy(error);
  };
  return channel.prependListener("close", () => channel.destroy());
}
