import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import ssh2 from "ssh2";

/** Where an SSH server goes silent, in the order in which a connection comes by. */
export const stalls = [
  "before its banner",
  "in the key exchange",
  "in the authentication",
  "when a channel is opened",
  "when a command is to begin",
  "in the middle of the output",
  "after the output, with no exit status",
  "with its half of the connection closed",
] as const;

export type Stall = (typeof stalls)[number];

export interface StallingServer {
  readonly port: number;
  stop(): void;
}

/** Serves SSH on loopback until it comes to where it stalls; anybody may log in. */
export async function startStallingServer(stall: Stall, hostKey: string): Promise<StallingServer> {
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (login) => {
      if (stall !== "in the authentication") login.accept();
    });
    client.on("session", (accept) => {
      if (stall === "when a channel is opened") return;
      accept().on("exec", (acceptExec) => {
        if (stall !== "when a command is to begin") answer(acceptExec());
      });
    });
  });
  const answer = (channel: ssh2.ServerChannel): void => {
    channel.write("begun\n");
    if (stall === "in the middle of the output") return;
    if (stall === "with its half of the connection closed") for (const socket of sockets) socket.end();
    else channel.eof();
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (stall === "in the key exchange") socket.write("SSH-2.0-stalling\r\n");
    if (stall === "before its banner" || stall === "in the key exchange") socket.resume();
    else ssh.injectSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
