import type { Duplex } from "node:stream";
import type Ssh2 from "ssh2";
import type { Client } from "ssh2";
import { abortable } from "../../../abort.ts";
import type { ConnectStage } from "../../../domain/ssh/connect/retry.ts";
import { SshLogin } from "../auth/authenticate.ts";
import type { PausableDeadline } from "../run/deadline.ts";
import { awaitBanner, dial, AttemptFailed, discard } from "./dial.ts";
import type { Semaphore } from "./gate.ts";
import { handshake, LoginRefused } from "./handshake.ts";
import type { HostCheck } from "../trust/host-check.ts";
import type { Identity } from "../auth/keyring.ts";
import { runProxyCommand } from "./proxy-command.ts";
import type { Keepalives } from "./keepalive.ts";
import type { Hop } from "./route.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";

export interface ConnectAttempt {
  readonly ssh2: typeof Ssh2;
  readonly step: Hop;
  /** The jump host's connection; undefined to connect from here. */
  readonly via: Client | undefined;
  readonly check: HostCheck;
  readonly identities: () => Promise<readonly Identity[]>;
  readonly password: (() => Promise<Secret | undefined>) | undefined;
  readonly keepalives: Keepalives;
  /** How many handshakes this process computes at a time. */
  readonly handshakes: Semaphore;
  readonly deadline: PausableDeadline;
  /** Aborted by the caller or by the deadline. */
  readonly signal: AbortSignal;
  readonly onStage: (stage: ConnectStage) => void;
}

/**
 * One attempt at a connection, from the name to the login, and what was accepted there (`Login.method`). Rejects as
 * its stages do, or with auth-failed.
 */
export async function attemptConnection(attempt: ConnectAttempt): Promise<{ client: Client; method: string }> {
  const { step, deadline, signal, onStage } = attempt;
  const { target } = step;
  const stream = await reach(attempt);

  const leave = await deadline
    .suspend(() => attempt.handshakes.enter(signal))
    .catch((error: unknown) => {
      discard(stream);
      throw error;
    });
  const login = new SshLogin({
    user: target.user,
    identities: await attempt.identities(),
    password:
      attempt.password &&
      (
        (ask) => () =>
          deadline.suspend(ask)
      )(attempt.password),
  });
  try {
    const client = await handshake(attempt.ssh2, {
      stream,
      user: target.user,
      hostKeyAlgorithms: attempt.check.algorithms,
      checkHostKey: (key) => attempt.check.check(key),
      authHandler: login.next,
      onStage,
      signal,
    });
    attempt.keepalives.watch(client, stream, target.keepalive);
    return { client, method: login.method };
  } catch (error) {
    if (error instanceof LoginRefused)
      throw login.failure(step.node, { address: addressOf(step), ...target }, error.detail);
    throw error;
  } finally {
    leave();
  }
}

/** A stream on which the server has identified itself. */
async function reach(attempt: ConnectAttempt): Promise<Duplex> {
  const { via, step, signal, onStage } = attempt;
  const { target } = step;
  const proxy =
    via === undefined && target.proxyCommand !== undefined ? runProxyCommand(target.proxyCommand) : undefined;
  const stream = proxy?.stream ?? (via ? await forward(via, attempt) : await dial(target, signal, onStage));
  onStage("banner");
  try {
    await awaitBanner(stream, signal);
    return stream;
  } catch (error) {
    if (!proxy || signal.aborted) throw error;
    throw (await proxy.ended(exitMs)) ?? error;
  }
}

/** Milliseconds that a command whose output has ended may take to exit. */
const exitMs = 1_000;

/** `host:port`, as messages show it. */
export function addressOf({ hop, target }: Hop): string {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return hop === undefined ? `${host}:${target.port}` : `the jump host ${host}:${target.port}`;
}

/** A connection opened by a jump host's sshd (direct-tcpip). */
async function forward(via: Client, { step: { target }, signal, onStage }: ConnectAttempt): Promise<Duplex> {
  onStage("connect");
  const opening = new Promise<Duplex>((resolve, reject) => {
    const refused = (error: Error): void => {
      reject(
        new AttemptFailed("connect", "FORWARD", error.message.replace(/^\(SSH\) Channel open failure: /, ""), error),
      );
    };
    try {
      via.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
        if (error) refused(error);
        else resolve(channel);
      });
    } catch (error) {
      refused(error as Error);
    }
  });
  return abortable(opening, signal, discard);
}
