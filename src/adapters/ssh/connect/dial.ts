import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { abortable, onAbort } from "../../../abort.ts";
import type { ConnectStage } from "../../../domain/ssh/connect/retry.ts";
import type { SshTarget } from "../../../domain/ssh/config/target.ts";

/** Why one attempt at a connection ended; `code` as in `ConnectFailure`. */
export class AttemptFailed extends Error {
  readonly stage: ConnectStage;
  readonly code: string;
  readonly detail: string;

  constructor(stage: ConnectStage, code: string, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.stage = stage;
    this.code = code;
    this.detail = detail;
  }
}

/** How long glibc waits for a name server that is silent: twice five seconds (resolv.conf(5)). */
const lookupMs = 10_000;

/**
 * Has lookups end when connecting does: a thread that waits for a name server cannot be called off, and the end of this
 * process would wait for it. Before the first lookup; whoever set RES_OPTIONS knows better.
 */
export function boundLookups(connectTimeoutMs: number): void {
  if (connectTimeoutMs >= lookupMs) return;
  const seconds = Math.max(1, Math.floor(connectTimeoutMs / 2000));
  process.env["RES_OPTIONS"] ??= `timeout:${String(seconds)} attempts:${connectTimeoutMs < 2000 ? "1" : "2"}`;
}

/** Opens a TCP connection without Nagle's delay. Rejects with AttemptFailed, or with the signal's reason. */
export async function dial(
  target: SshTarget,
  signal: AbortSignal,
  onStage: (stage: ConnectStage) => void,
): Promise<Socket> {
  let stage: ConnectStage = isIP(target.host) === 0 ? "resolve" : "connect";
  onStage(stage);
  const socket = connect({
    host: target.host,
    port: target.port,
    noDelay: true,
    autoSelectFamily: target.family === undefined,
    autoSelectFamilyAttemptTimeout: 2_000,
    ...(target.family === undefined ? {} : { family: target.family }),
  });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("lookup", (error: Error | null) => {
      if (error) return;
      stage = "connect";
      onStage(stage);
    });
    socket.once("connect", resolve);
    socket.once("error", (error: NodeJS.ErrnoException) => {
      reject(new AttemptFailed(stage, error.code ?? "ERROR", error.message, error));
    });
  });
  try {
    await abortable(connected, signal);
    socket.removeAllListeners();
    return socket;
  } catch (error) {
    socket.removeAllListeners();
    discard(socket);
    throw error;
  }
}

/** OpenSSH's own limit for what may come ahead of the identification is 1024 lines; nobody sends that much. */
const maxGreetingBytes = 64 * 1024;

/**
 * Waits until the server's identification (`SSH-2.0-…`) has arrived whole, and leaves it in the stream for ssh2. A
 * server that drops us, is not SSH at all or says nothing is recognised here, before a handshake begins.
 */
export async function awaitBanner(stream: Duplex, signal: AbortSignal): Promise<void> {
  let received = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    let off = (): void => undefined;
    const settle = (finish: () => void): void => {
      off();
      stream.off("data", onData).off("error", onError).off("end", onEnd).off("close", onEnd);
      finish();
    };
    const fail = (error: Error): void => {
      settle(() => {
        discard(stream);
        reject(error);
      });
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      const dropped = error.code === "ECONNRESET" || error.code === "EPIPE";
      fail(
        new AttemptFailed("banner", dropped ? "DROPPED" : (error.code ?? "ERROR"), dropped ? "" : error.message, error),
      );
    };
    const onEnd = (): void => {
      const said = printable(received);
      fail(new AttemptFailed("banner", /not allowed/i.test(said) ? "PENALTY" : "DROPPED", said));
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      if (hasIdentification(received)) {
        settle(() => {
          stream.pause();
          stream.unshift(received);
          resolve();
        });
      } else if (received.length > maxGreetingBytes) {
        fail(new AttemptFailed("banner", "ERROR", "what listens there does not speak SSH"));
      }
    };
    stream.on("data", onData).on("error", onError).on("end", onEnd).on("close", onEnd);
    off = onAbort(signal, () => {
      fail(signal.reason as Error);
    });
  });
}

/** Ends a stream for good; errors it may still have are nobody's concern. */
export function discard(stream: Duplex): void {
  stream.on("error", () => undefined);
  stream.destroy();
}

function hasIdentification(received: Buffer): boolean {
  const start = received.subarray(0, 4).toString("latin1") === "SSH-" ? 0 : received.indexOf("\nSSH-") + 1;
  const found = start > 0 || received.subarray(0, 4).toString("latin1") === "SSH-";
  return found && received.indexOf("\n", start) >= 0;
}

function printable(received: Buffer): string {
  return received
    .subarray(0, 200)
    .toString("latin1")
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
}
