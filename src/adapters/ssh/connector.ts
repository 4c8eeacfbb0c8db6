import type { Client } from "ssh2";
import type { NodeSpec } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Secret } from "../../domain/secret.ts";
import { connectError } from "../../domain/ssh/connect-error.ts";
import { nextWindow, retryDelay, type ConnectStage } from "../../domain/ssh/retry.ts";
import type { LocalUser } from "../../domain/ssh/target.ts";
import { abortable, pause } from "./abort.ts";
import { askedOnce, type Questions } from "./questions.ts";
import { addressOf, attemptConnection } from "./attempt.ts";
import { Deadline } from "./deadline.ts";
import { AttemptFailed } from "./dial.ts";
import { Gate } from "./gate.ts";
import { confirmHostKey, hostCheck, NeedsConsent } from "./host-check.ts";
import { Keyring } from "./keyring.ts";
import { KnownHosts } from "./known-hosts.ts";
import { route, type Step } from "./route.ts";
import type { ResolveOptions } from "./ssh-config.ts";

export interface ConnectorOptions {
  readonly questions: Questions;
  readonly local: LocalUser;
  readonly resolve: ResolveOptions;
  readonly warn: (message: string) => void;
  /** Handshakes computed at a time, over all hosts. */
  readonly maxHandshakes: number;
}

/** sshd's MaxStartups begins to drop at 10. */
const maxHandshakesPerHost = 8;

/** Makes connections: paced per host, tried again when sshd drops them, through jump hosts that are shared. */
export class Connector {
  readonly knownHosts = new KnownHosts();
  readonly #options: ConnectorOptions;
  readonly #handshakes: Gate;
  readonly #hosts = new Map<string, Gate>();
  readonly #hops = new Map<string, Promise<Client>>();
  readonly #passwords = askedOnce<Secret | undefined>();
  readonly #closing = new AbortController();
  #keyring: Keyring | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#handshakes = new Gate(options.maxHandshakes);
  }

  /** Rejects with a PictlError, or with the signal's reason. */
  async connect(node: NodeSpec, signal: AbortSignal): Promise<{ client: Client; step: Step }> {
    const { via, step } = await this.approach(node, signal);
    return { client: await this.#connectStep(step, via, signal), step };
  }

  /** The last step to a node, and the connection to the jump host before it. */
  async approach(node: NodeSpec, signal: AbortSignal): Promise<{ via: Client | undefined; step: Step }> {
    const steps = await route(node, this.#options.resolve, this.#options.local, signal);
    const step = steps.pop();
    if (!step) throw new Error("a route has at least one step");
    let via: Client | undefined;
    let key = "";
    for (const hop of steps) {
      const { user, host, port } = hop.target;
      key += `${user}@${host}:${port} `;
      via = await abortable(this.#hop(key, hop, via), signal);
    }
    return { via, step };
  }

  /** Ends the jump hosts' connections and what is still being connected through them. */
  async close(): Promise<void> {
    this.#closing.abort(new PictlError("interrupted", "The connections were closed."));
    const clients = await Promise.allSettled(this.#hops.values());
    for (const hop of clients) if (hop.status === "fulfilled") hop.value.end();
  }

  #hop(key: string, step: Step, via: Client | undefined): Promise<Client> {
    const known = this.#hops.get(key);
    if (known) return known;
    const connecting = this.#connectStep(step, via, this.#closing.signal);
    this.#hops.set(key, connecting);
    const forget = (): void => {
      this.#hops.delete(key);
    };
    connecting.then((client) => client.once("close", forget), forget);
    return connecting;
  }

  async #connectStep(step: Step, via: Client | undefined, signal: AbortSignal): Promise<Client> {
    const tools = { knownHosts: this.knownHosts, questions: this.#options.questions, warn: this.#options.warn };
    const hostGate = this.#hostGate(addressOf(step));
    const budgetMs = step.target.connectTimeoutMs;
    const deadline = new Deadline(budgetMs);
    const either = AbortSignal.any([signal, deadline.signal]);
    const ssh2 = await import("ssh2");
    let stage: ConnectStage = "resolve";
    try {
      for (let attempt = 1; ; attempt++) {
        const leave = await deadline.suspend(() => hostGate.enter(either));
        try {
          const client = await attemptConnection({
            ssh2: ssh2.default,
            step,
            via,
            check: await hostCheck(tools, step),
            identities: () => deadline.suspend(() => this.#ring(ssh2.default).identities(step.target)),
            password: this.#passwordOf(step),
            handshakes: this.#handshakes,
            deadline,
            signal: either,
            onStage: (reached) => {
              stage = reached;
            },
          });
          hostGate.limit = nextWindow(hostGate.limit, "succeeded", maxHandshakesPerHost);
          return client;
        } catch (error) {
          if (error instanceof NeedsConsent) {
            await deadline.suspend(() => confirmHostKey(tools, step, error.key));
            continue;
          }
          const failed = deadline.signal.aborted ? new AttemptFailed(stage, "TIMEOUT", "") : error;
          if (!(failed instanceof AttemptFailed) || signal.aborted) throw failed;
          const spentMs = deadline.spentMs;
          const droppedByPeer = failed.code === "DROPPED";
          const delay = retryDelay({ stage: failed.stage, droppedByPeer, attempt, spentMs, budgetMs, random: Math.random() });
          if (delay === undefined) {
            const { code, detail } = failed;
            throw connectError({ node: step.node, address: addressOf(step), stage: failed.stage, code, detail, attempts: attempt, spentMs, cause: error });
          }
          hostGate.limit = nextWindow(hostGate.limit, "dropped", maxHandshakesPerHost);
          leave();
          await pause(delay, signal);
        } finally {
          leave();
        }
      }
    } finally {
      deadline.cancel();
    }
  }

  #hostGate(address: string): Gate {
    const known = this.#hosts.get(address);
    if (known) return known;
    const gate = new Gate(maxHandshakesPerHost);
    this.#hosts.set(address, gate);
    return gate;
  }

  #ring(ssh2: typeof import("ssh2")): Keyring {
    return (this.#keyring ??= new Keyring(ssh2, this.#options.questions, this.#options.warn));
  }

  #passwordOf({ target, node, hop }: Step): (() => Promise<Secret | undefined>) | undefined {
    const { password } = this.#options.questions;
    if (!password) return undefined;
    const { user, host, port } = target;
    return () => this.#passwords(`${user}@${host}:${port}`, () => password(user, hop ?? node));
  }
}
