/** A TCP proxy on loopback whose connections can be stalled or cut, to put a bad network in front of a good sshd. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Those that are open now. */
  readonly open: number;
  /** From now on nothing goes through, in both directions; connections stay open. */
  stall(): void;
  /** Lets everything through again. */
  resume(): void;
  /** From now on the client's bytes take so long. */
  slow(ms: number): void;
  /** Ends every connection with a reset. */
  cut(): void;
  stop(): Promise<void>;
}

export interface TcpProxyOptions {
  /** 0: connections are accepted and lead nowhere. */
  readonly target: number;
  /** Stalls each connection when the server has sent so many bytes. */
  readonly stallAfterServerBytes?: number;
  /** Resets each connection when the server has sent so many bytes. */
  readonly cutAfterServerBytes?: number;
  /** Told how many bytes all clients have sent so far, when the last of them are on their way to the server. */
  readonly onClientBytes?: (sent: number) => void;
  /** The server's bytes arrive one at a time. */
  readonly dripMs?: number;
}

export async function startProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let accepted = 0;
  let slowness = 0;
  let received = 0;
  const server = createServer((client) => {
    accepted++;
    clients.add(adopt(client));
    client.on("close", () => clients.delete(client));
    if (options.target === 0) {
      client.resume();
      return;
    }
    const upstream = adopt(connect(options.target, "127.0.0.1"));
    client.on("data", (chunk) => {
      received += chunk.length;
      if (slowness === 0) upstream.write(chunk, () => options.onClientBytes?.(received));
      else setTimeout(() => upstream.destroyed || upstream.write(chunk), slowness);
    });
    client.on("end", () => upstream.end());
    upstream.on("end", () => client.end());
    let sent = 0;
    upstream.on("data", (chunk) => {
      const room = (options.stallAfterServerBytes ?? Infinity) - sent;
      sent += chunk.length;
      if (sent >= (options.cutAfterServerBytes ?? Infinity)) {
        client.resetAndDestroy();
        return;
      }
      if (options.dripMs === undefined) client.write(chunk.subarray(0, room));
      else drip(upstream, client, chunk, options.dripMs);
      if (chunk.length >= room) {
        upstream.pause();
        client.pause();
      }
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => {
      client.destroySoon();
    });
  });

  function adopt(socket: Socket): Socket {
    sockets.add(socket.setNoDelay(true));
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    return socket;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    get open() {
      return clients.size;
    },
    stall: () => {
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      for (const socket of sockets) socket.resume();
    },
    slow: (ms) => {
      slowness = ms;
    },
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Holds the source back meanwhile, so that bytes keep their order. */
function drip(source: Socket, client: Socket, chunk: Buffer, everyMs: number): void {
  source.pause();
  let at = 0;
  const timer = setInterval(() => {
    if (!client.destroyed && at < chunk.length) {
      client.write(chunk.subarray(at, ++at));
      return;
    }
    clearInterval(timer);
    source.resume();
  }, everyMs);
}
