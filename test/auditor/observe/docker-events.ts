/** A node's engine events, read from its socket by a side door; begins again when the engine does. */
import { type ClientRequest, request } from "node:http";
import { createInterface } from "node:readline";
import { type DockerEvent, now } from "../history.ts";

interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** `pid`: the node's first process. */
export function watchEvents(node: string, pid: number, write: (event: DockerEvent) => void): { stop(): void } {
  let open: ClientRequest | undefined;
  let stopped = false;
  const begin = (): void => {
    if (stopped) return;
    open = request({ socketPath: `/proc/${pid}/root/run/docker.sock`, path: "/events" }, (response) => {
      const lines = createInterface({ input: response });
      lines.on("line", (line) => {
        write(read(node, JSON.parse(line) as EngineEvent));
      });
      // An engine that dies in the middle: what follows is a new request.
      lines.on("error", () => undefined);
    });
    open.on("error", () => undefined);
    open.on("close", () => setTimeout(begin, 100));
    open.end();
  };
  begin();
  return {
    stop: () => {
      stopped = true;
      open?.destroy();
    },
  };
}

function read(node: string, event: EngineEvent): DockerEvent {
  const age = Date.now() - event.timeNano / 1e6;
  return {
    kind: "docker",
    at: Math.round((now() - age) * 1000) / 1000,
    node,
    type: event.Type,
    // `exec_start: sh -c …`: the words do not matter, and may hold what must not be written down.
    action: event.Action.replace(/:.*/s, ""),
    id: event.Actor.ID,
    name: event.Actor.Attributes?.["name"] ?? event.Actor.ID,
  };
}
