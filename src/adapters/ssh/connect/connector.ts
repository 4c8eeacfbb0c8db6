import { channel } from "node:diagnostics_channel";
import type Ssh2 from "ssh2";
import type { Client } from "ssh2";
import { abortable, firstOf, pause } from "../../../abort.ts";
import type { Login } from "../../../app/ports.ts";
import type { NodeSpec } from "../../../domain/config/types.ts";
import { PictlError } from "../../../domain/errors.ts";
import type { Secret } from "../../../domain/secrets/secret.ts";
import { connectError } from "../../../domain/ssh/connect/connect-error.ts";
import { type HandshakeResult, handshakeChannel } from "../../../domain/ssh/connect/handshakes.ts";
import { nextWindow, retryDelay, type ConnectStage } from "../../../domain/ssh/connect/retry.ts";
import type { LocalUser } from "../../../domain/ssh/config/target.ts";
import { addressOf, attemptConnection } from "./attempt.ts";
import { PausableDeadline } from "../run/deadline.ts";
import { AttemptFailed, boundLookups } from "./dial.ts";
import { Semaphore } from "./gate.ts";
import { Keepalives } from "./keepalive.ts";
import { confirmHostKey, hostCheck, NeedsConsent, type HostCheck, type HostCheckTools } from "../trust/host-check.ts";
import { Keyring } from "../auth/keyring.ts";
import { KnownHosts } from "../trust/known-hosts.ts";
import { askedOnce, type Questions } from "../config/questions.ts";
import { route, type Hop } from "./route.ts";
import type { SshConfig } from "../config/ssh-config.ts";

export interface ConnectorOptions {
  readonly questions: Questions;
  readonly local: LocalUser;
  readonly sshConfig: SshConfig;
  readonly warn: (message: string) => void;
  /** Handshakes computed at a time, over all hosts. */
  readonly maxHandshakes: number;
}

/** The next step to make, and the connection to make it through. */
export interface Approach {
  readonly step: Hop;
  readonly via: Client | undefined;
  /** The jump hosts' names on the way to there, nearest first. */
  readonly through: readonly string[];
}

/** sshd's MaxStartups begins to drop at 10. */
const maxHandshakesPerHost = 8;

const handshakes = channel(handshakeChannel);

/** Makes connections: paced per host, tried again when sshd drops them, through jump hosts that are shared. */
export class Connector {
  readonly knownHosts = new KnownHosts();
  readonly #options: ConnectorOptions;
  readonly #tools: HostCheckTools;
  readonly #handshakes: Semaphore;
  readonly #keepalives = new Keepalives();
  readonly #hosts = new Map<string, Semaphore>();
  readonly #hops = new Map<string, Promise<Client>>();
  readonly #passwords = askedOnce<Secret | undefined>();
  readonly #closing = new AbortController();
  readonly #methods = new WeakMap<Client, string>();
  #keyring: Keyring | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#tools = { knownHosts: this.knownHosts, questions: options.questions, warn: options.warn };
    this.#handshakes = new Semaphore(options.maxHandshakes);
  }

  /** Rejects with a PictlError, or with the signal's reason. */
  async connect(node: NodeSpec, signal: AbortSignal): Promise<{ client: Client; login: Login }> {
    const { step, via, through } = await this.approach(node, signal);
    const client = await this.connectStep(step, via, signal);
    const method = this.#methods.get(client) ?? "";
    return { client, login: { address: addressOf(step), user: step.target.user, method, through } };
  }

  /**
   * Connects the jump hosts on the way to a node, and returns the last step. A jump host that fails ends it: with
   * `stopAtUntrusted`, one whose key is not trusted is returned as the step to make.
   */
  async approach(node: NodeSpec, signal: AbortSignal, stopAtUntrusted = false): Promise<Approach> {
    const { hops, last } = await route(node, this.#options.sshConfig, this.#options.local, signal);
    let via: Client | undefined;
    let key = "";
    const through: string[] = [];
    for (const hop of hops) {
      const { user, host, port } = hop.target;
      key += `${user}@${host}:${port} `;
      try {
        via = await abortable(this.#hop(key, hop, via), signal);
        through.push(hop.hop ?? host);
      } catch (error) {
        if (stopAtUntrusted && isHostKeyTrouble(error)) return { step: hop, via, through };
        throw error;
      }
    }
    return { step: last, via, through };
  }

  /** `check`: what decides about the host key; known_hosts by default. */
  async connectStep(step: Hop, via: Client | undefined, signal: AbortSignal, check?: HostCheck): Promise<Client> {
    const deadline = new PausableDeadline(step.target.connectTimeoutMs);
    boundLookups(step.target.connectTimeoutMs);
    const gate = this.#gateOf(step);
    let stage: ConnectStage = "resolve";
    const onStage = (reached: ConnectStage): void => {
      stage = reached;
    };
    // Why the last attempt that came to its own end failed.
    let dropped: AttemptFailed | undefined;
    try {
      for (let attempt = 1; ; attempt++) {
        const { spentMs } = deadline;
        try {
          const client = await this.#attempt({ step, via, check, gate, deadline, signal, onStage });
          gate.limit = nextWindow(gate.limit, "succeeded", maxHandshakesPerHost);
          handshakes.publish({ node: step.node, ok: true } satisfies HandshakeResult);
          return client;
        } catch (error) {
          if (error instanceof NeedsConsent) {
            await deadline.suspend(() => confirmHostKey(this.#tools, step, error.key));
            continue;
          }
          if (!signal.aborted) handshakes.publish({ node: step.node, ok: false } satisfies HandshakeResult);
          const failure = deadline.signal.aborted ? new AttemptFailed(stage, "TIMEOUT", "") : error;
          if (!(failure instanceof AttemptFailed) || signal.aborted) throw error;
          const budgetMs = step.target.connectTimeoutMs;
          // The deadline cuts off some attempt; one that had little time says less than those before it.
          const told = failure === error || spentMs < budgetMs / 2 ? failure : (dropped ?? failure);
          const delay = delayBeforeNext(failure, { attempt, deadline, budgetMs });
          if (delay === undefined) throw unreachable(step, told, { attempts: attempt, spentMs: deadline.spentMs });
          dropped = failure;
          gate.limit = nextWindow(gate.limit, "dropped", maxHandshakesPerHost);
          await pause(delay, signal);
        }
      }
    } finally {
      deadline.cancel();
    }
  }

  /** Ends the jump hosts' connections and what is still being connected through them. */
  async close(): Promise<void> {
    this.#closing.abort(new PictlError("interrupted", "The connections were closed."));
    const clients = await Promise.allSettled(this.#hops.values());
    for (const hop of clients) if (hop.status === "fulfilled") hop.value.end();
  }

  async #attempt(options: {
    readonly step: Hop;
    readonly via: Client | undefined;
    readonly check: HostCheck | undefined;
    readonly gate: Semaphore;
    readonly deadline: PausableDeadline;
    readonly signal: AbortSignal;
    readonly onStage: (stage: ConnectStage) => void;
  }): Promise<Client> {
    const { step, via, deadline, onStage } = options;
    const { signal, dispose } = firstOf([options.signal, deadline.signal]);
    try {
      const leave = await deadline.suspend(() => options.gate.enter(signal));
      try {
        const { default: ssh2 } = await import("ssh2");
        const { client, method } = await attemptConnection({
          ssh2,
          step,
          via,
          check: options.check ?? (await hostCheck(this.#tools, step)),
          identities: () => deadline.suspend(() => this.#ring(ssh2).identities(step.target)),
          password: this.#passwordOf(step),
          handshakes: this.#handshakes,
          keepalives: this.#keepalives,
          deadline,
          signal,
          onStage,
        });
        this.#methods.set(client, method);
        return client;
      } finally {
        leave();
      }
    } catch (error) {
      // One that was refused is asked for again.
      if (error instanceof PictlError && error.code === "auth-failed") this.#passwords.forget(passwordKey(step));
      throw error;
    } finally {
      dispose();
    }
  }

  #hop(key: string, step: Hop, via: Client | undefined): Promise<Client> {
    const known = this.#hops.get(key);
    if (known) return known;
    const connecting = this.connectStep(step, via, this.#closing.signal);
    this.#hops.set(key, connecting);
    const forget = (): void => {
      this.#hops.delete(key);
    };
    connecting.then((client) => client.once("close", forget), forget);
    return connecting;
  }

  #gateOf(step: Hop): Semaphore {
    const address = addressOf(step);
    const gate = this.#hosts.get(address) ?? new Semaphore(maxHandshakesPerHost);
    this.#hosts.set(address, gate);
    return gate;
  }

  #ring(ssh2: typeof Ssh2): Keyring {
    return (this.#keyring ??= new Keyring(ssh2, this.#options.questions, this.#options.warn));
  }

  #passwordOf(step: Hop): (() => Promise<Secret | undefined>) | undefined {
    const { password } = this.#options.questions;
    if (!password) return undefined;
    const { target, node, hop } = step;
    return () => this.#passwords(passwordKey(step), () => password(target.user, hop ?? node));
  }
}

function passwordKey({ target: { user, host, port } }: Hop): string {
  return `${user}@${host}:${port}`;
}

function delayBeforeNext(
  { stage, code }: AttemptFailed,
  { attempt, deadline, budgetMs }: { attempt: number; deadline: PausableDeadline; budgetMs: number },
): number | undefined {
  const droppedByPeer = code === "DROPPED";
  return retryDelay({ stage, droppedByPeer, attempt, spentMs: deadline.spentMs, budgetMs, random: Math.random() });
}

function unreachable(step: Hop, failure: AttemptFailed, spent: { attempts: number; spentMs: number }): PictlError {
  const { stage, code, detail } = failure;
  return connectError({ node: step.node, address: addressOf(step), stage, code, detail, ...spent, cause: failure });
}

function isHostKeyTrouble(error: unknown): boolean {
  return error instanceof PictlError && (error.code === "host-key-unknown" || error.code === "host-key-changed");
}
