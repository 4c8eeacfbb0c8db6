import { randomUUID } from "node:crypto";
import { onAbort } from "../../abort.ts";
import type { TerminalSize } from "../../app/ports.ts";
import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import { nodeNamed } from "../../domain/select.ts";
import { type TerminalPlace, placeNamed } from "../../domain/terminal/place.ts";
import type { OpenCluster } from "../../app/ports.ts";
import { faceOf } from "../audit.ts";
import type { SocketRequest } from "../listen/sockets.ts";
import { startTerminal, type SharedTerminal, type TerminalLimits } from "./terminal.ts";

/** The terminals of this server, each of the login that has opened it. */
export interface Terminals {
  /** Rejects with not-permitted where the config has none, unknown-node, unknown-container, usage and too-many-requests. */
  open(request: SocketRequest, size: TerminalSize): Promise<SharedTerminal>;
  /** Rejects with not-permitted, and with terminal-gone for one that has ended or is of another login. */
  find(request: SocketRequest, id: string): Promise<SharedTerminal>;
  /** Hangs all of them up; resolves when they have said so. */
  close(): Promise<void>;
}

export type TerminalsLimits = TerminalLimits & Readonly<Record<"ofOneLogin" | "inAll", number>>;

export const terminalLimits: TerminalsLimits = {
  /** What is sent ahead of what the page has drawn. */
  windowBytes: 256 * 1024,
  /** What a page that comes back sees again. */
  replayBytes: 256 * 1024,
  /** What may be typed before the shell is there. */
  typedBytes: 64 * 1024,
  idleMs: 30 * 60_000,
  awayMs: 5 * 60_000,
  ofOneLogin: 10,
  inAll: 40,
};

interface Kept {
  readonly key: string;
  readonly terminal: SharedTerminal;
}

export function openTerminals(cluster: OpenCluster, limits: TerminalsLimits = terminalLimits): Terminals {
  const kept = new Map<string, Kept>();
  const permitted = async (): Promise<Config> => {
    const { config } = await cluster.store.read();
    if (config.http?.terminal === true) return config;
    throw new PictlError("not-permitted", "This server opens no terminals.", {
      hint: 'Say `"http": {"terminal": true}` in the config: who is an admin here has root\'s right on the nodes then.',
    });
  };
  const refuseMore = (key: string): void => {
    const own = [...kept.values()].filter((each) => each.key === key).length;
    const whose = own >= limits.ofOneLogin ? `This login has ${String(own)}` : "All together there are too many";
    if (own < limits.ofOneLogin && kept.size < limits.inAll) return;
    throw new PictlError("too-many-requests", `${whose} terminals.`, { hint: "Close one of them with `exit`." });
  };

  return {
    async open(request, size) {
      const { identity, client } = request;
      const config = await permitted();
      const place = placeOf(config, request);
      refuseMore(identity.key);
      const id = randomUUID();
      const name = request.params["node"] ?? request.params["container"] ?? "";
      const actor = {
        who: identity.name,
        cause: `pictl shell ${name}`,
        face: faceOf(identity),
        address: client.address,
      };
      let off = (): void => undefined;
      const terminal = startTerminal({
        id,
        ports: { ...cluster.ports, actor },
        config,
        place,
        size,
        limits,
        onGone: () => {
          off();
          kept.delete(id);
        },
      });
      kept.set(id, { key: identity.key, terminal });
      off = onAbort(identity.ended, () => {
        terminal.hangUp(new PictlError("interrupted", "The login has ended."));
      });
      return terminal;
    },
    async find({ identity }, id) {
      await permitted();
      const found = kept.get(id);
      if (found?.key === identity.key) return found.terminal;
      throw new PictlError("terminal-gone", "This terminal is not there any more.", { hint: "Open a new one." });
    },
    async close() {
      const all = [...kept.values()].map(({ terminal }) => terminal);
      for (const terminal of all) terminal.hangUp(new PictlError("interrupted", "The server was ended."));
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

function placeOf(config: Config, { params: { node, container = "" } }: SocketRequest): TerminalPlace {
  if (node !== undefined) return { node: nodeNamed(config, node), container: undefined };
  return placeNamed(config, container.includes("@") ? container : placed(config, container));
}

/** `NAME@NODE` where the container is on one node: a node may have the same name. */
function placed(config: Config, container: string): string {
  const nodes = config.placements.filter((each) => each.container === container).map(({ node }) => node);
  return nodes.length === 1 ? `${container}@${nodes[0] ?? ""}` : container;
}
