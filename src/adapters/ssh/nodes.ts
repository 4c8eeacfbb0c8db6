import { hostname, userInfo } from "node:os";
import type { Client } from "ssh2";
import { abortable } from "../../abort.ts";
import type { Ask, Connection, HostKeys, Nodes } from "../../app/ports.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Secret } from "../../domain/secrets/secret.ts";
import { SshConnection } from "./connect/connection.ts";
import { Connector } from "./connect/connector.ts";
import type { GuardSettings } from "./guard/guarding.ts";
import { HostKeyDesk } from "./trust/host-keys.ts";
import { askedOnce, questionsFor, type Questions } from "./config/questions.ts";
import { Users } from "./connect/users.ts";
import { interrupted } from "./run/run.ts";
import { SshConfig } from "./config/ssh-config.ts";

export interface NodesOptions {
  /** Warnings for the user, whole sentences. */
  readonly warn: (message: string) => void;
  /** Missing when there is nobody to ask. */
  readonly ask?: Ask;
  /** Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Read instead of ~/.ssh/config and the system's, as `ssh -F` does. */
  readonly sshConfigFile?: string;
  /** Handshakes computed at a time, over all nodes; default 32. More use more memory, fewer wait longer for slow nodes. */
  readonly maxHandshakes?: number;
  /** Without it no command can be guarded. */
  readonly guard?: GuardSettings;
  /** For how long nobody may use connections until they are closed; default a minute. */
  readonly idleMs?: number;
}

export interface SshNodesPort extends Nodes {
  readonly hostKeys: HostKeys;
  /**
   * Somebody uses connections until the function returned is called. When nobody has for a while, those on which nothing
   * runs are closed, for a face that lives for weeks; where nobody ever calls this, all stay until `close`.
   */
  use(): () => void;
}

/** SSH to the nodes, and their host keys. Connects to nothing until asked to. */
export function openNodes(options: NodesOptions): SshNodesPort {
  return new SshNodes(options);
}

/** What a connection was made with: a node that has another address or login in a config that changed is another one. */
function wayTo({ name, address, ssh }: NodeSpec): string {
  return JSON.stringify([name, address, ssh]);
}

interface Shared {
  readonly node: string;
  readonly connecting: Promise<SshConnection>;
  readonly stop: AbortController;
  /** How many callers wait for it. */
  waiting: number;
}

class SshNodes implements SshNodesPort {
  readonly hostKeys: HostKeys;
  readonly #connector: Connector;
  readonly #questions: Questions;
  readonly #sudoPasswords = askedOnce<Secret | undefined>();
  /** By the way there (`wayTo`). */
  readonly #connections = new Map<string, Shared>();
  readonly #guard: GuardSettings | undefined;
  readonly #warn: (message: string) => void;
  readonly #users: Users;
  #closed = false;

  constructor({ warn, ask, env, sshConfigFile, maxHandshakes, guard, idleMs }: NodesOptions) {
    this.#users = new Users(() => void this.#closeUnused(), idleMs);
    this.#warn = warn;
    this.#guard = guard;
    // As OpenSSH does, and unlike a shell, by what the system knows of the user and not by $HOME.
    const { username, homedir } = userInfo();
    this.#questions = questionsFor(ask);
    this.#connector = new Connector({
      questions: this.#questions,
      local: { name: username, home: homedir, hostname: hostname(), env: env ?? process.env },
      sshConfig: new SshConfig(homedir, sshConfigFile),
      warn,
      maxHandshakes: maxHandshakes ?? 32,
    });
    this.hostKeys = new HostKeyDesk(this.#connector);
  }

  async connect(node: NodeSpec, signal?: AbortSignal): Promise<Connection> {
    if (this.#closed) throw new PictlError("internal", "connect() was called after close().", { node: node.name });
    if (signal?.aborted) throw interrupted(node.name, signal);
    const shared = this.#connections.get(wayTo(node)) ?? this.#start(node);
    shared.waiting++;
    try {
      return await (signal ? abortable(shared.connecting, signal) : shared.connecting);
    } catch (error) {
      if (signal?.aborted) throw interrupted(node.name, signal);
      throw error instanceof PictlError ? error.at({ node: node.name }) : error;
    } finally {
      if (--shared.waiting === 0 && signal?.aborted) shared.stop.abort(signal.reason);
    }
  }

  discard(node: string): void {
    for (const [way, shared] of this.#connections) {
      if (shared.node !== node) continue;
      this.#connections.delete(way);
      shared.stop.abort(new PictlError("node-unreachable", `The connection to ${node} was given up.`, { node }));
      void shared.connecting.then(
        (connection) => connection.abandon(),
        () => undefined,
      );
    }
  }

  use(): () => void {
    return this.#users.add();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#users.stop();
    const all = [...this.#connections.values()];
    for (const { stop } of all) stop.abort(new PictlError("interrupted", "The connections were closed."));
    await Promise.all(
      all.map(({ connecting }) =>
        connecting.then(
          (connection) => connection.close(),
          () => undefined,
        ),
      ),
    );
    await this.#connector.close();
  }

  async #closeUnused(): Promise<void> {
    await Promise.all(
      [...this.#connections].map(async ([way, shared]) => {
        const connection = await shared.connecting.catch(() => undefined);
        if (!connection || connection.busy || this.#users.any) return;
        this.#forget(way, shared);
        await connection.close();
      }),
    );
  }

  #start(node: NodeSpec): Shared {
    const stop = new AbortController();
    const connecting = this.#connect(node, stop.signal);
    const way = wayTo(node);
    const shared: Shared = { node: node.name, connecting, stop, waiting: 0 };
    this.#connections.set(way, shared);
    connecting.catch(() => {
      this.#forget(way, shared);
    });
    return shared;
  }

  async #connect(node: NodeSpec, signal: AbortSignal): Promise<SshConnection> {
    const { client, connection } = await this.#open(node, signal);
    client.once("close", () => {
      const way = wayTo(node);
      const current = this.#connections.get(way);
      if (current?.stop.signal === signal) this.#forget(way, current);
    });
    return connection;
  }

  async #open(node: NodeSpec, signal: AbortSignal): Promise<{ client: Client; connection: SshConnection }> {
    const opened = await this.#connector.connect(node, signal);
    const { user } = opened.login;
    const { sudoPassword } = this.#questions;
    const askOnce = sudoPassword && {
      ask: () => this.#sudoPasswords(user, () => sudoPassword(user, node.name)),
      wasWrong: () => {
        this.#sudoPasswords.forget(user);
      },
    };
    const another = async (): Promise<SshConnection> =>
      (await this.#open(node, new AbortController().signal)).connection;
    const options = { ...opened, sudoPassword: askOnce, guard: this.#guard, warn: this.#warn, another };
    return { client: opened.client, connection: new SshConnection(node, options) };
  }

  #forget(way: string, shared: Shared): void {
    if (this.#connections.get(way) === shared) this.#connections.delete(way);
  }
}
