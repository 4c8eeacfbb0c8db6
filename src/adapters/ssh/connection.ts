import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Connection, Outcome, Privilege, RunOptions } from "../../app/ports.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import type { Command } from "../../domain/shell.ts";
import { Channels } from "./channels.ts";
import { openSocket, pipe, type PipeOptions } from "./pipe.ts";
import { Rights, type SudoPassword } from "./rights.ts";
import { run } from "./run.ts";
import { Ending, type Session } from "./session.ts";

/** A live connection to a node. */
export class SshConnection implements Connection {
  readonly node: string;
  readonly #session: Session;
  readonly #rights: Rights;

  constructor(node: NodeSpec, client: Client, sudoPassword: SudoPassword | undefined) {
    this.node = node.name;
    this.#session = {
      node: node.name,
      client,
      channels: new Channels(client),
      ending: new Ending(),
      sudo: (signal) => this.#rights.sudo(signal),
    };
    this.#rights = new Rights(this.#session, node.ssh.sudo, sudoPassword);
  }

  run(command: Command, options?: RunOptions): Promise<Outcome> {
    return run(this.#session, command, options);
  }

  pipe(command: Command, options?: PipeOptions): Promise<Duplex> {
    return pipe(this.#session, command, options);
  }

  openSocket(path: string, signal?: AbortSignal): Promise<Duplex> {
    return openSocket(this.#session, path, signal);
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
