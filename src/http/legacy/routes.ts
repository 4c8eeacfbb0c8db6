import type { LogRow } from "../../app/logs/index.ts";
import { PictlError } from "../../domain/errors.ts";
import { visible } from "../../domain/text.ts";
import type { OperationId } from "../../operations/index.ts";
import { buildView } from "../../view/image/build.ts";
import { foldedView } from "../../view/node/exec.ts";
import { heartbeatView } from "../../view/service/heartbeat.ts";
import { imagesView } from "../../view/image/images.ts";
import { outcomesView } from "../../view/container/lifecycle.ts";
import { movesView } from "../../view/container/move.ts";
import { nodesView } from "../../view/node/nodes.ts";
import { prunedView } from "../../view/image/prune.ts";
import { statusView } from "../../view/container/status.ts";
import type { Style } from "../../view/text/style.ts";

/** What a client of the original says, by name; what it leaves out is empty. */
export type Said = (name: string) => string;

/** A route of the original's server, and the operation that does what it did. */
export interface LegacyRoute {
  readonly route: `GET /${string}` | `POST /${string}`;
  readonly operation: OperationId;
  /** Throws usage. */
  readonly input: (said: Said) => object;
  /** What the command prints. */
  readonly text: (result: never, style: Style) => string;
  /** Of an operation that streams, in place of that. */
  readonly line?: (row: never) => string;
}

export const legacyRoutes: readonly LegacyRoute[] = [
  { route: "GET /status", operation: "container.status", input: () => ({}), text: statusView },
  { route: "GET /nodes", operation: "node.list", input: () => ({}), text: nodesView },
  { route: "GET /images", operation: "image.list", input: () => ({}), text: imagesView },
  { route: "GET /build", operation: "image.build", input: all("image", "image"), text: buildView },
  { route: "GET /create", operation: "container.create", input: all("container", "container"), text: outcomesView },
  { route: "GET /start", operation: "container.start", input: all("container", "container"), text: outcomesView },
  { route: "GET /stop", operation: "container.stop", input: agreed("container"), text: outcomesView },
  { route: "GET /restart", operation: "container.restart", input: agreed("container"), text: outcomesView },
  { route: "GET /delete", operation: "container.delete", input: agreed("container"), text: outcomesView },
  { route: "GET /hb", operation: "daemon.heartbeat", input: () => ({}), text: heartbeatView },
  { route: "GET /prune", operation: "image.prune", input: () => ({ all: true, confirm: true }), text: prunedView },
  {
    route: "GET /changehost",
    operation: "container.move",
    input: (said) => ({ container: one(said, "container"), node: one(said, "newhost") }),
    text: movesView,
  },
  {
    route: "GET /containerlog",
    operation: "container.logs",
    // The original sent all of them, and held all of it in memory.
    input: (said) => ({ container: names(said, "container"), tail: 1000 }),
    text: () => "",
    line: ({ container, node, line }: LogRow) => `${container}@${node} | ${visible(line)}\n`,
  },
  {
    route: "POST /exec",
    operation: "command.exec",
    input: (said) => ({ command: [one(said, "command")], ...all("node", "node")(said) }),
    text: foldedView,
  },
];

/** `*` or nothing meant all; so it does here. */
function all(parameter: string, field: string): LegacyRoute["input"] {
  return (said) => {
    const named = names(said, parameter);
    return named.length === 0 ? { all: true } : { [field]: named };
  };
}

/** The original asked nobody. */
function agreed(parameter: string): LegacyRoute["input"] {
  return (said) => ({ ...all(parameter, parameter)(said), confirm: true });
}

/** A name is a whole one: in the original `we` meant `web`, too, and `web2`. */
function names(said: Said, parameter: string): readonly string[] {
  const name = said(parameter);
  if (name === "" || name === "*") return [];
  if (/^[^*?[\]{},]+$/.test(name)) return [name];
  throw new PictlError("usage", `\`${parameter}\` is no name: ${JSON.stringify(name)}.`, {
    hint: "Give one whole name; `*` or nothing means all.",
  });
}

function one(said: Said, parameter: string): string {
  const text = said(parameter);
  if (text !== "") return text;
  throw new PictlError("usage", `\`${parameter}\` is missing.`);
}
