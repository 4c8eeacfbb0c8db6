import type { CheckKind } from "../kind.ts";

interface TcpOptions {
  readonly port: number;
  readonly via?: "controller" | "node";
}

/** A port takes a connection. It is closed at once. */
export const tcp: CheckKind<TcpOptions> = {
  async run({ port, via }, _target, tools) {
    (await tools.connect(port, via)).destroy();
    return "connected";
  },
};
