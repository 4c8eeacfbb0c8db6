/** A page with a terminal, as far as the server sees it. */
import { expect, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import type { TerminalMessage, TerminalWish } from "../../src/http/terminal/messages.ts";

export interface TerminalPage {
  readonly messages: readonly TerminalMessage[];
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  id(): string;
  /** Of output that have come. */
  bytes(): number;
  say(wish: TerminalWish): void;
  raw(data: string | Buffer): void;
  type(text: string | Uint8Array): void;
  /** Waits for output with this in it, each byte of it a letter. */
  seen(text: string): Promise<void>;
  heard(kind: TerminalMessage["kind"]): Promise<void>;
  /** From now on, and what has come: says that it was drawn. */
  draw(): void;
  /** Without a word, as a page that is loaded again. */
  leave(): void;
}

/** Ended with the test. */
export function connectTerminal(url: string, headers: Readonly<Record<string, string>>): WebSocket {
  const socket = new WebSocket(url, { headers });
  socket.on("error", () => undefined);
  onTestFinished(() => {
    socket.terminate();
  });
  return socket;
}

/** `draws`: whether it says so of what it gets, from the beginning on. */
export async function terminalPage(socket: WebSocket, draws = true): Promise<TerminalPage> {
  const messages: TerminalMessage[] = [];
  const chunks: Buffer[] = [];
  let bytes = 0;
  let drawing = draws;
  const draw = (): void => {
    if (drawing && socket.readyState === socket.OPEN) socket.send(JSON.stringify({ taken: bytes }));
  };
  socket.on("message", (data: Buffer, isBinary) => {
    if (!isBinary) {
      messages.push(JSON.parse(data.toString()) as TerminalMessage);
      return;
    }
    chunks.push(data);
    bytes += data.length;
    draw();
  });
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.on("open", resolve));
  const patience = { timeout: 20_000, interval: 20 };
  return {
    messages,
    closed,
    bytes: () => bytes,
    id: () => messages.map((each) => (each.kind === "opened" ? each.id : "")).join(""),
    say(wish) {
      socket.send(JSON.stringify(wish));
    },
    raw(data) {
      socket.send(data);
    },
    type(text) {
      socket.send(Buffer.from(text as string));
    },
    async seen(text) {
      await vi.waitFor(() => {
        expect(Buffer.concat(chunks).toString("latin1")).toContain(text);
      }, patience);
    },
    async heard(kind) {
      await vi.waitFor(() => {
        expect(messages.map((message) => message.kind)).toContain(kind);
      }, patience);
    },
    draw() {
      drawing = true;
      draw();
    },
    leave() {
      socket.terminate();
    },
  };
}

/** Opens one of 100 columns and 30 rows on a server, or attaches to one. */
export async function openPage(
  { url, token }: { readonly url: string; readonly token: string },
  path: string,
  id?: string,
): Promise<TerminalPage> {
  const address = `${url.replace(/^http/, "ws")}api/v1/${path}`;
  const page = await terminalPage(connectTerminal(address, { authorization: `Bearer ${token}` }));
  const size = { columns: 100, rows: 30 };
  page.say(id === undefined ? { open: size } : { attach: { id, ...size } });
  await page.heard("opened");
  return page;
}
