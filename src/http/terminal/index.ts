import type { WebSocket } from "ws";
import * as z from "zod/mini";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { jsonLine } from "../../view/document.ts";
import type { SocketRequest, SocketRoute } from "../listen/sockets.ts";
import type { TerminalMessage, TerminalWish } from "./messages.ts";
import type { SharedTerminal, Viewer } from "./terminal.ts";
import type { Terminals } from "./terminals.ts";

/** Close codes of RFC 6455, and one of ours. */
const normal = 1000;
const policyViolation = 1008;
const attachedElsewhere = 4001;

/** A terminal on a node and one in a container, each over a WebSocket: docs/api.md has the protocol. */
export function terminalRoutes(terminals: Terminals): readonly SocketRoute[] {
  return ["/api/v1/nodes/:node/terminal", "/api/v1/containers/:container/terminal"].map((path) => ({
    path,
    role: "admin",
    open(socket, request) {
      speak(socket, request, terminals);
    },
  }));
}

/** The page's words one after the other: it may say more before its terminal is there. */
function speak(socket: WebSocket, request: SocketRequest, terminals: Terminals): void {
  let terminal: SharedTerminal | undefined;
  let before: Promise<void> = Promise.resolve();
  const viewer = viewerOn(socket);
  const hear = async (data: Buffer, isBinary: boolean): Promise<void> => {
    if (viewer.hasLeft()) return;
    if (isBinary) {
      if (!terminal) throw notUnderstood();
      await terminal.input(data);
      return;
    }
    const wish = read(data.toString());
    if (!wish) throw notUnderstood();
    const isFirst = "open" in wish || "attach" in wish;
    if (isFirst === (terminal !== undefined)) throw notUnderstood();
    if ("open" in wish) terminal = await terminals.open(request, wish.open);
    else if ("attach" in wish) terminal = await terminals.find(request, wish.attach.id);
    else if ("resize" in wish) terminal?.resize(wish.resize);
    else if ("taken" in wish) terminal?.taken(wish.taken);
    else terminal?.hangUp(new PictlError("interrupted", "It was closed."));
    if (!isFirst) return;
    terminal?.attach(viewer, "open" in wish ? wish.open : wish.attach);
    if (viewer.hasLeft()) terminal?.detach(viewer);
  };
  let waiting = 0;
  socket.on("message", (data: Buffer, isBinary) => {
    // What is typed waits for the node; what is said about the terminal does not, or the node would wait for it in turn.
    const urgent = !isBinary && terminal !== undefined;
    waiting += data.length;
    const heard = urgent ? hear(data, isBinary) : before.then(() => hear(data, isBinary));
    if (!urgent) before = heard.catch(() => undefined);
    heard
      .catch((error: unknown) => {
        refuse(error);
      })
      .finally(() => {
        waiting -= data.length;
      });
    if (waiting > waitingBytes) refuse(new PictlError("too-many-requests", "More is typed than the node takes."));
  });
  const refuse = (error: unknown): void => {
    viewer.say({ kind: "refused", failure: toFailure(error) });
    socket.close(policyViolation);
  };
  socket.once("close", () => terminal?.detach(viewer));
}

function viewerOn(socket: WebSocket): Viewer & { hasLeft(): boolean } {
  const hasLeft = (): boolean => socket.readyState !== socket.OPEN;
  return {
    hasLeft,
    say(message: TerminalMessage) {
      if (!hasLeft()) socket.send(jsonLine(message));
    },
    output(bytes) {
      if (!hasLeft()) socket.send(bytes, { binary: true });
    },
    replaced() {
      socket.close(attachedElsewhere, "Another page has this terminal now.");
    },
    done() {
      socket.close(normal);
    },
  };
}

/** What may wait for the node, typed ahead or pasted. */
const waitingBytes = 4 * 1024 * 1024;

const size = {
  columns: z.int().check(z.minimum(2), z.maximum(1000)),
  rows: z.int().check(z.minimum(1), z.maximum(500)),
};
const wishes = z.union([
  z.strictObject({ open: z.strictObject(size) }),
  z.strictObject({ attach: z.strictObject({ id: z.string().check(z.maxLength(64)), ...size }) }),
  z.strictObject({ resize: z.strictObject(size) }),
  z.strictObject({ taken: z.int().check(z.minimum(0)) }),
  z.strictObject({ hangUp: z.literal(true) }),
]);

function read(text: string): TerminalWish | undefined {
  try {
    return wishes.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function notUnderstood(): PictlError {
  return new PictlError(
    "request-invalid",
    "A terminal takes `open` or `attach` first, and then what docs/api.md lists.",
  );
}
