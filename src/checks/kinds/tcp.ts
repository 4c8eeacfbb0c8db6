import type { CheckKind } from "../kind.ts";

interface TcpOptions {
  readonly port: number;
  readonly via?: "controller" | "node";
}

/** A port takes a connection. It is closed at once. */
export const tcp: CheckKind<TcpOptions> = {
  async run({ port, via }, { node, signal }, tools) {
    const socket =
      via === "node"
        ? await (await tools.connection()).openTcp("127.0.0.1", port, signal)
        : await tools.network.tcp(node.address, port, signal);
    socket.destroy();
    return "connected";
  },
};
