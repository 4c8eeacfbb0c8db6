import type { Duplex } from "node:stream";
import type { AcceptConnection, TcpConnectionDetails } from "ssh2";
import { abortable } from "../../../abort.ts";
import type { RemoteListener } from "../../../app/ports.ts";
import type { Session } from "../connect/session.ts";
import { endable, notOpened } from "./forward.ts";
import { interrupted } from "./run.ts";

/** sshd binds nothing else, whatever it is asked, unless GatewayPorts says so. */
const address = "127.0.0.1";

/** `Connection.listen` */
export async function listen(
  { client, node }: Session,
  {
    port,
    onStream,
    signal,
  }: {
    readonly port: number;
    readonly onStream: (stream: Duplex) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<RemoteListener> {
  signal?.throwIfAborted();
  const stop = (bound: number): Promise<void> =>
    new Promise((resolve) => {
      client.once("close", resolve);
      try {
        client.unforwardIn(address, bound, () => {
          client.off("close", resolve);
          resolve();
        });
      } catch {
        // It has ended, and its listeners with it.
        resolve();
      }
    });
  const binding = new Promise<number>((resolve, reject) => {
    client.forwardIn(address, port, (error, bound) => {
      if (error) reject(error);
      else resolve(port === 0 ? bound : port);
    });
  });
  let bound: number;
  try {
    bound = await abortable(binding, signal, (late) => void stop(late));
  } catch (error) {
    throw signal?.aborted ? interrupted(node, signal) : notOpened(node, `port ${port} for us`, error);
  }
  const onConnection = ({ destPort }: TcpConnectionDetails, accept: AcceptConnection): void => {
    if (destPort === bound) onStream(endable(accept()));
  };
  client.on("tcp connection", onConnection);
  return {
    port: bound,
    close: async () => {
      await stop(bound);
      client.off("tcp connection", onConnection);
    },
  };
}
