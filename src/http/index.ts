import type { Config } from "../domain/config/types.ts";
import { serverApp } from "./app.ts";
import { doorsOf } from "./guard/client.ts";
import { listener } from "./listen/server.ts";
import { type SocketRoute, type SocketTable, socketTable } from "./listen/sockets.ts";
import { type Part, runParts } from "./parts.ts";
import { Refusal } from "./refusal.ts";
import { readStatic } from "./static.ts";

export interface ServeInput {
  readonly config: Config;
  /** `--host` and `--port`, else as the config says. */
  readonly host: string;
  readonly port: number;
  /** The folder of the built web console. */
  readonly webRoot: string;
  /** Of pictl. */
  readonly version: string;
  /** Aborted when the server is to end. */
  readonly leave: AbortSignal;
  /** Told when it takes connections. */
  readonly onListening: (address: { readonly url: string }) => void;
  readonly warn: (message: string) => void;
}

/**
 * Serves the API and the console until `leave` is aborted: the parts start in order and stop in reverse, within two
 * seconds also while streams are open.
 */
export async function runServe(input: ServeInput): Promise<void> {
  const { config } = input;
  if (!config.http) throw new Error("a config that was read has this section");
  const files = await readStatic(input.webRoot);
  const doors = doorsOf({ ...config.http, host: input.host });
  const app = serverApp({
    version: input.version,
    doors,
    files,
    onBug: (error) => {
      input.warn(`A request failed: ${error.message}`);
    },
  });
  // The streams of the live model and the terminals belong here.
  const routes: readonly SocketRoute[] = [];
  const sockets = socketTable(routes, () => Promise.reject(new Refusal(401, "not-logged-in", "Nobody has logged in.")));
  const parts: readonly Part[] = [
    listener({
      host: input.host,
      port: input.port,
      certificate: undefined,
      fetch: (request, env) => app.fetch(request, env),
      upgrade: sockets.upgrade,
      onListening: ({ port }) => {
        const host = input.host.includes(":") ? `[${input.host}]` : input.host;
        input.onListening({ url: `http://${host}:${port}/` });
      },
    }),
    streams(sockets),
  ];
  await runParts(parts, input.leave);
}

function streams(sockets: SocketTable): Part {
  return {
    start: async () => async () => {
      sockets.close();
    },
  };
}
