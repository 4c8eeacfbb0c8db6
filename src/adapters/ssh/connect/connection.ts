import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { abortable } from "../../../abort.ts";
import type {
  Connection,
  GuardOptions,
  Login,
  Outcome,
  PipeOptions,
  Privilege,
  RemoteListener,
  RemoteTerminal,
  RunOptions,
  TerminalOptions,
} from "../../../app/ports.ts";
import type { NodeSpec } from "../../../domain/config/types.ts";
import { isDocker, onEngine } from "../../../domain/docker/engine/endpoint.ts";
import { PictlError } from "../../../domain/errors.ts";
import type { ClockSample } from "../../../domain/guard/clock.ts";
import type { Command } from "../../../domain/shell.ts";
import { Channels } from "../run/channels.ts";
import { discard } from "./dial.ts";
import { Ending, type Running } from "../run/ending.ts";
import { defaultClockAgeMs, Guarding, type GuardSettings } from "../guard/guarding.ts";
import { listen } from "../run/listen.ts";
import { openSocket, openTcp } from "../run/forward.ts";
import { pipe } from "../run/pipe.ts";
import { Rights, type SudoPassword } from "../guard/rights.ts";
import { runCommand } from "../run/run.ts";
import type { Session } from "./session.ts";
import { terminate } from "../run/terminate.ts";
import { openTerminal } from "../run/tty.ts";

export interface SshConnectionOptions {
  readonly client: Client;
  readonly login: Login;
  readonly sudoPassword: SudoPassword | undefined;
  readonly guard: GuardSettings | undefined;
  readonly warn: (message: string) => void;
  /** Opens a second connection to the same node. */
  readonly another: () => Promise<SshConnection>;
}

/** A live connection to a node. */
export class SshConnection implements Connection {
  readonly node: string;
  readonly login: Login;
  readonly #session: Session;
  readonly #rights: Rights;
  readonly #guarding: Guarding;
  #spare: Promise<SshConnection> | undefined;
  #terminals = 0;

  constructor(node: NodeSpec, { client, login, sudoPassword, guard, warn, another }: SshConnectionOptions) {
    this.node = node.name;
    this.login = login;
    const channels = new Channels(client, maxSessions);
    const base = {
      node: node.name,
      client,
      ahead: new Channels(client, sessionsAhead, channels),
      spare: async () => (await this.#openSpare(another)).#session,
      sudo: (signal: AbortSignal) => this.#rights.sudo(signal),
      ticket: (options: GuardOptions, timeoutMs: number) => this.#guarding.prepare(options, timeoutMs),
      onRefusal: (error: unknown) => {
        this.#guarding.onRefusal(error);
        if (error instanceof PictlError && error.code === "sudo-failed") this.#rights.forget();
      },
    };
    const forEnding: Session = {
      ...base,
      channels: new Channels(client, sessionsForEnding),
      ending: new Ending(abandon),
    };
    this.#session = {
      ...base,
      channels,
      ending: new Ending((running) => terminate(forEnding, another, running)),
    };
    this.#rights = new Rights(this.#session, node.ssh.sudo, sudoPassword);
    this.#guarding = new Guarding(node.name, this.#rights, guard, warn);
  }

  async run(command: Command, options: RunOptions = {}): Promise<Outcome> {
    if (options.asksDockerHost && command.kind === "script") return this.#rights.runAsking(command, options);
    return runCommand(this.#session, await this.#onEngine(command, options), options);
  }

  async pipe(command: Command, options: PipeOptions = {}): Promise<Duplex> {
    return pipe(this.#session, await this.#onEngine(command, options), options);
  }

  async terminal(command: Command | undefined, options: TerminalOptions): Promise<RemoteTerminal> {
    const terminal = await openTerminal(this.#session, command && (await this.#onEngine(command, options)), options);
    this.#terminals += 1;
    void terminal.ended.then(() => (this.#terminals -= 1));
    return terminal;
  }

  openSocket(path: string, signal?: AbortSignal): Promise<Duplex> {
    return openSocket(this.#session, path, signal);
  }

  openTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return openTcp(this.#session, host, port, signal);
  }

  listen(port: number, onStream: (stream: Duplex) => void, signal?: AbortSignal): Promise<RemoteListener> {
    return listen(this.#session, { port, onStream, signal });
  }

  privilege(): Promise<Privilege> {
    return this.#rights.privilege();
  }

  dockerHost(): Promise<string> {
    return this.#rights.dockerHost();
  }

  /** Through sudo, everything is read and changed by root's own docker client, so that there is but one engine. */
  async #onEngine(command: Command, { sudo, signal }: { sudo?: boolean; signal?: AbortSignal }): Promise<Command> {
    if (sudo === true || !isDocker(command)) return command;
    return onEngine(command, await abortable(this.#rights.dockerHost(), signal));
  }

  /** A command runs on it, a shell is open, or a lock is held. */
  get busy(): boolean {
    const { channels, ahead } = this.#session;
    return channels.busy || ahead.busy || this.#terminals > 0 || this.#spare !== undefined;
  }

  clock(options: { readonly maxAgeMs?: number } = {}): Promise<ClockSample> {
    return this.#rights.clock(options.maxAgeMs ?? defaultClockAgeMs);
  }

  /** Closes without a word to those who still wait for an answer: it gives none any more. Never rejects. */
  async abandon(): Promise<void> {
    await Promise.all([endClient(this.#session.client), this.#closeSpare((spare) => spare.abandon())]);
  }

  /** Gives commands that were told to end their grace, then closes. Never rejects. */
  async close(): Promise<void> {
    const spare = this.#closeSpare((each) => each.close());
    if (await this.#session.ending.settled()) await endClient(this.#session.client);
    // A node that has just been silent says no farewell either.
    else this.#session.client.destroy();
    await spare;
  }

  #openSpare(another: () => Promise<SshConnection>): Promise<SshConnection> {
    if (this.#spare) return this.#spare;
    const spare = another();
    const forget = (): void => {
      if (this.#spare === spare) this.#spare = undefined;
    };
    spare.then((connection) => connection.#session.client.once("close", forget), forget);
    return (this.#spare = spare);
  }

  async #closeSpare(close: (spare: SshConnection) => Promise<void>): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    if (spare) await close(spare);
  }
}

/** sshd's MaxSessions is 10 by default; one is left for others who share the connection. */
const maxSessions = 7;
const sessionsAhead = 1;
const sessionsForEnding = 1;

/** What ends a command is not ended by yet another one. */
function abandon({ channel, release }: Running): Promise<boolean> {
  channel.resume();
  channel.stderr.resume();
  discard(channel);
  release();
  return Promise.resolve(true);
}

/** How long the other side may take to close in its turn. */
const farewellMs = 500;

async function endClient(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      client.destroy();
      resolve();
    }, farewellMs);
    client.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}
