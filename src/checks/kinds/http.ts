import type { CheckKind } from "../kind.ts";

interface HttpOptions {
  readonly port: number;
  readonly path?: string;
  readonly tls?: boolean;
  readonly host?: string;
  /** Default: any from 200 to 399. */
  readonly status?: number;
  readonly body?: string;
  readonly via?: "controller" | "node";
}

/** A GET has the right status, and text that must be in the first 64 KB of the answer. */
export const http: CheckKind<HttpOptions> = {
  async run({ port, path = "/", tls = false, host, status, body, via }, { node, signal }, tools) {
    const connect = () => tools.connect(port, via);
    const answer = await tools.network.http({ path, tls, host: host ?? node.address }, connect, signal);
    const statusIsRight = status === undefined ? answer.status >= 200 && answer.status < 400 : answer.status === status;
    if (!statusIsRight) throw new Error(`HTTP ${String(answer.status)}, expected ${String(status ?? "200-399")}`);
    if (body !== undefined && !answer.body.includes(body)) throw new Error("the answer lacks the expected text");
    return `HTTP ${String(answer.status)}`;
  },
};
