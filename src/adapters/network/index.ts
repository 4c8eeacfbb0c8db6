import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import type { HttpAnswer, Network } from "../../app/ports.ts";

const bodyBytes = 64 * 1024;

/** The network of this machine. */
export const network: Network = {
  async tcp(host, port, signal) {
    const socket = connect({ host, port });
    try {
      await once(socket, "connect", { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  },

  async http({ path, host, tls }, open, signal): Promise<HttpAnswer> {
    const raw = await open();
    // What is asked is whether the service answers, not whose certificate it has.
    const socket: Duplex = tls ? tlsConnect({ socket: raw, servername: host, rejectUnauthorized: false }) : raw;
    try {
      const sent = httpRequest({
        path,
        headers: { host, connection: "close" },
        createConnection: () => socket,
        signal,
      });
      sent.end();
      const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer> & { statusCode?: number }];
      let body = "";
      for await (const chunk of response) {
        body += chunk.toString("utf8");
        if (body.length >= bodyBytes) break;
      }
      return { status: response.statusCode ?? 0, body };
    } finally {
      socket.destroy();
      raw.destroy();
    }
  },

  async ping(host, timeoutMs) {
    const { default: ping } = await import("ping");
    const { alive } = await ping.promise.probe(host, {
      timeout: Math.max(1, Math.ceil(timeoutMs / 1000)),
      min_reply: 1,
    });
    return alive;
  },
};
