import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type {
  Connection,
  Login,
  Outcome,
  Privilege,
  RemoteTerminal,
  RunOptions,
  TerminalOptions,
} from "../../app/ports.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import type { Command } from "../../domain/shell.ts";
import { Channels } from "./channels.ts";
import { discard } from "./dial.ts";
import { Ending, type Running } from "./ending.ts";
import { openSocket, openTcp, pipe, type PipeOptions } from "./pipe.ts";
import { Rights, type SudoPassword } from "./rights.ts";
import { run } from "./run.ts";
import type { Session } from "./session.ts";
import { terminate } from "./terminate.ts";
import { openTerminal } from "./tty.ts";

/** A live connection to a node. */
export class SshConnection implements Connection {
  readonly node: string;
  readonly login: Login;
  readonly #session: Session;
  readonly #rights: Rights;

  /** `another` opens a second connection to the same node. */
  constructor(
    node: NodeSpec,
    { client, login }: { readonly client: Client; readonly login: Login },
    sudoPassword: SudoPassword | undefined,
    another: () => Promise<SshConnection>,
  ) {
    this.node = node.name;
    this.login = login;
    const base = {
      node: node.name,
      client,
      sudo: (signal: AbortSignal) => this.#rights.sudo(signal),
    };
    const forEnding: Session = {
      ...base,
      channels: new Channels(client, sessionsForEnding),
      ending: new Ending(abandon),
    };
    this.#session = {
      ...base,
      channels: new Channels(client, maxSessions),
      ending: new Ending((running) => terminate(forEnding, another, running)),
    };
    this.#rights = new Rights(this.#session, node.ssh.sudo, sudoPassword);
  }

  run(command: Command, options?: RunOptions): Promise<Outcome> {
    return run(this.#session, command, options);
  }

  pipe(command: Command, options?: PipeOptions): Promise<Duplex> {
    return pipe(this.#session, command, options);
  }

  terminal(command: Command | undefined, options: TerminalOptions): Promise<RemoteTerminal> {
    return openTerminal(this.#session, command, options);
  }

  openSocket(path: string, signal?: AbortSignal): Promise<Duplex> {
    return openSocket(this.#session, path, signal);
  }

  openTcp(host: string, port: number, signal?: AbortSignal): Promise<Duplex> {
    return openTcp(this.#session, host, port, signal);
  }

  privilege(): Promise<Privilege> {
    return this.#rights.privilege();
  }

  /** Gives commands that were told to end their grace, then closes. Never rejects. */
  async close(): Promise<void> {
    await this.#session.ending.settled();
    await endClient(this.#session.client);
  }
}

/** sshd's MaxSessions is 10 by default; some are left for ending commands and for others who share the connection. */
const maxSessions = 8;
const sessionsForEnding = 1;

/** What ends a command is not ended by yet another one. */
function abandon({ channel, release }: Running): Promise<void> {
  channel.resume();
  channel.stderr.resume();
  discard(channel);
  release();
  return Promise.resolve();
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
