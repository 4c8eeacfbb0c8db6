import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import type { Connection, Nodes, Outcome } from "../../../src/app/ports.ts";
import type { NodeSpec } from "../../../src/domain/config/types.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

export const localNode: NodeSpec = { name: "n1", address: "127.0.0.1", ssh: {}, labels: {}, cordoned: false };

export interface LocalNodesOptions {
  /** Stands for /var/run/docker.sock; undefined: every forwarding is refused. */
  readonly socket?: string;
  /** What the docker client there speaks to, as soon as that is known; the socket when left out. */
  readonly dockerHost?: { readonly socket?: string; readonly known: Promise<unknown> };
  /** Sockets that are destroyed tell nothing of it, as those over a line that died without a word. */
  readonly deaf?: boolean;
  /** Environment of commands, added to this process's. */
  readonly env?: Record<string, string>;
}

/** A "node" that is this machine: real sockets and real processes, without SSH in between. */
export function localNodes(options: LocalNodesOptions): Nodes & { opened: Duplex[]; close: () => Promise<void> } {
  const opened: Duplex[] = [];
  const spawned = (command: Command) =>
    spawn("/bin/sh", ["-c", render(command)], { env: { ...process.env, ...options.env }, stdio: "pipe" });

  const connection: Connection = {
    node: localNode.name,
    async openSocket(path) {
      const at = path === options.dockerHost?.socket ? path : options.socket;
      if (at === undefined) throw new Error("open failed");
      const socket = createConnection(at);
      await once(socket, "connect");
      opened.push(socket);
      // As an SSH channel: a Duplex and nothing more.
      const channel = Duplex.from({ readable: socket, writable: socket });
      if (options.deaf === true) channel.destroy = () => channel;
      return channel;
    },
    async openTcp(host, port) {
      const socket = createConnection({ host, port });
      await once(socket, "connect");
      return socket;
    },
    pipe(command) {
      const child = spawned(command);
      let stderr = "";
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdin.on("error", () => undefined);
      // As with SSH, what was written to a command that has ended is nobody's error, and the end comes with its stderr.
      const stdin = new PassThrough();
      const stdout = new PassThrough();
      stdin.pipe(child.stdin);
      child.stdout.pipe(stdout, { end: false });
      const stream = Duplex.from({ readable: stdout, writable: stdin });
      child.on("close", (code) => (code === 0 ? stdout.end() : stream.destroy(new Error(stderr))));
      opened.push(stream);
      return Promise.resolve(stream);
    },
    async run(command): Promise<Outcome> {
      const child = spawned(command);
      const [stdout, stderr] = [await child.stdout.toArray(), await child.stderr.toArray()].map((chunks) =>
        Buffer.concat(chunks as Buffer[]).toString(),
      ) as [string, string];
      const code = child.exitCode ?? ((await once(child, "close")) as [number])[0];
      const common = { stdout, stderr, truncated: false, durationMs: 0 };
      return code === 0 ? { ...common, status: "ok", code: 0 } : { ...common, status: "failed", code };
    },
    listen: () => Promise.reject(new Error("not here")),
    terminal: () => Promise.reject(new Error("this machine has a terminal already")),
    clock: () => Promise.reject(new Error("not here")),
    dockerHost: async () => {
      await options.dockerHost?.known;
      return `unix://${options.dockerHost?.socket ?? "/var/run/docker.sock"}`;
    },
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
  };
  return {
    opened,
    connect: () => Promise.resolve(connection),
    discard: () => undefined,
    close: () => {
      for (const stream of opened) stream.destroy();
      return Promise.resolve();
    },
  };
}
