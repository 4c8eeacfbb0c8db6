import type { Duplex } from "node:stream";
import type Ssh2 from "ssh2";
import type { Algorithms, AuthHandlerMiddleware, Client, ServerHostKeyAlgorithm } from "ssh2";
import { abortable } from "../../../abort.ts";
import type { HostKey, HostKeyAlgorithm } from "../../../domain/ssh/trust/host-key.ts";
import { AttemptFailed, discard } from "./dial.ts";
import { offerRawKeys } from "../auth/raw-key.ts";
import { waitForNewKeys } from "./rekey.ts";

export interface Handshake {
  readonly stream: Duplex;
  readonly user: string;
  readonly hostKeyAlgorithms: readonly HostKeyAlgorithm[];
  /** Resolves when the key is good; what it rejects with becomes the handshake's error. */
  readonly checkHostKey: (key: HostKey) => Promise<void>;
  readonly authHandler: AuthHandlerMiddleware;
  readonly onStage: (stage: "kex" | "auth") => void;
  readonly signal: AbortSignal;
}

/** Every authentication method was refused; `detail` is the server's parting word, if it had one. */
export class LoginRefused extends Error {
  readonly detail: string | undefined;

  constructor(detail?: string) {
    super(detail ?? "login refused");
    this.detail = detail;
  }
}

/**
 * Turns a stream on which the server has identified itself into a ready client. Rejects with AttemptFailed,
 * LoginRefused, what `checkHostKey` rejected with, or the signal's reason; the stream is gone then.
 */
export async function handshake({ Client }: typeof Ssh2, options: Handshake): Promise<Client> {
  const { stream, signal, onStage } = options;
  const client = new Client();
  gatherWrites(stream);
  let stage: "kex" | "auth" = "kex";
  onStage(stage);
  let refusal: Error | undefined;
  try {
    const ready = new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      client.once("handshake", () => {
        stage = "auth";
        onStage(stage);
      });
      // "close" may follow an "error" that says more: the first one to settle wins.
      client.on("error", (error) => {
        if (error.level !== "agent") reject(failureOf(error, stage, refusal));
      });
      client.once("close", () => {
        reject(failureOf(undefined, stage, refusal));
      });
      client.connect({
        sock: stream,
        username: options.user,
        algorithms: algorithms(options.hostKeyAlgorithms),
        authHandler: options.authHandler,
        readyTimeout: 0,
        keepaliveInterval: 0,
        hostVerifier: (key: Buffer, verify: (good: boolean) => void) => {
          options.checkHostKey(hostKeyOf(key)).then(
            () => {
              verify(true);
            },
            (error: unknown) => {
              refusal = error as Error;
              verify(false);
            },
          );
        },
      });
      waitForNewKeys(client);
      offerRawKeys(client);
    });
    await abortable(ready, signal);
    return client;
  } catch (error) {
    client.on("error", () => undefined);
    client.end();
    discard(stream);
    throw error;
  }
}

/** ssh2 hands a packet on in three or four pieces: all of a turn go in one call, and not each in a segment of its own. */
function gatherWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  stream.write = (...args: readonly unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      queueMicrotask(() => {
        stream.uncork();
      });
    }
    return write(...args);
  };
}

/**
 * ssh2 prefers group-exchange, whose arithmetic blocks the loop for seconds; aes128-gcm is what the CPU has
 * instructions for. Nothing here rests on SHA-1.
 */
function algorithms(serverHostKey: readonly HostKeyAlgorithm[]): Algorithms {
  return {
    kex: [
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
      "ecdh-sha2-nistp256",
      "ecdh-sha2-nistp384",
      "diffie-hellman-group14-sha256",
      "diffie-hellman-group16-sha512",
    ],
    cipher: [
      "aes128-gcm@openssh.com",
      "aes256-gcm@openssh.com",
      "aes128-ctr",
      "aes192-ctr",
      "aes256-ctr",
      "chacha20-poly1305@openssh.com",
    ],
    hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
    compress: ["none"],
    serverHostKey: [...serverHostKey] as ServerHostKeyAlgorithm[],
  };
}

function hostKeyOf(blob: Buffer): HostKey {
  const length = blob.readUInt32BE(0);
  return { type: blob.toString("latin1", 4, 4 + length), base64: blob.toString("base64") };
}

type ClientError = Error & { level?: string; code?: string | number };

function failureOf(error: ClientError | undefined, stage: "kex" | "auth", refusal: Error | undefined): Error {
  if (refusal !== undefined) return refusal;
  if (error === undefined) return new AttemptFailed(stage, "DROPPED", "");
  if (error.level === "client-authentication") return new LoginRefused();
  if (error.level === "client-socket") {
    const dropped = error.code === "ECONNRESET" || error.code === "EPIPE";
    return new AttemptFailed(
      stage,
      dropped ? "DROPPED" : String(error.code ?? "ERROR"),
      dropped ? "" : error.message,
      error,
    );
  }
  const missing = /no matching (key exchange algorithm|host key format|.*(?:cipher|MAC|compression))/.exec(
    error.message,
  )?.[1];
  if (missing !== undefined) return new AttemptFailed(stage, "NEGOTIATION", missing, error);
  // A number is the reason of the server's DISCONNECT message.
  if (typeof error.code === "number" && stage === "auth") return new LoginRefused(error.message);
  if (/lost before handshake/.test(error.message)) return new AttemptFailed(stage, "DROPPED", "", error);
  return new AttemptFailed(stage, "ERROR", error.message, error);
}
