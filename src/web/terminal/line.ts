import type { TerminalMessage, TerminalWish } from "../../http/terminal/messages.ts";

export interface Line {
  type(bytes: Uint8Array): void;
  resize(): void;
  leave(): void;
  end(): void;
}

interface Options {
  /** Under what this tab remembers its shell. */
  readonly key: string;
  readonly address: URL;
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** `drawn` is called when the bytes are on the screen. */
  readonly draw: (bytes: Uint8Array, drawn: () => void) => void;
  readonly clear: () => void;
  readonly tell: (note: string) => void;
}

/** The close code of a shell that another page shows now. */
const attachedElsewhere = 4001;
const longestPauseMs = 5000;

/** The WebSocket to a shell: after a cut, and after the page was loaded again, it comes back to the same one. */
export function openLine({ key, address, size, draw, clear, tell }: Options): Line {
  let socket: WebSocket | undefined;
  let drawn = 0;
  let replay = 0;
  let over = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (wish: TerminalWish): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish));
  };
  const hear = (message: TerminalMessage): void => {
    switch (message.kind) {
      case "opened":
        tries = 0;
        drawn = 0;
        replay = message.replayBytes;
        sessionStorage.setItem(key, message.id);
        tell(`In ${message.place}. It goes on for five minutes when you leave.`);
        break;
      case "ended": {
        over = true;
        sessionStorage.removeItem(key);
        const { code, failure } = message;
        tell(failure ? [failure.message, failure.hint].filter(Boolean).join(" ") : `It ended with ${String(code)}.`);
        break;
      }
      case "refused": {
        const { code, message: text, hint } = message.failure;
        const gone = code === "terminal-gone";
        sessionStorage.removeItem(key);
        // The one from before is no more: a new one.
        over = !gone;
        tell(gone ? "The last one has ended." : [text, hint].filter(Boolean).join(" "));
        break;
      }
    }
  };
  const connect = (): void => {
    const mine = new WebSocket(address);
    socket = mine;
    mine.binaryType = "arraybuffer";
    mine.onopen = () => {
      const id = sessionStorage.getItem(key);
      clear();
      say(id === null ? { open: size() } : { attach: { id, ...size() } });
    };
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") {
        hear(JSON.parse(data) as TerminalMessage);
        return;
      }
      draw(new Uint8Array(data), () => {
        drawn += data.byteLength;
        replay -= data.byteLength;
        say({ taken: drawn });
      });
    };
    mine.onclose = ({ code }) => {
      if (over || socket !== mine) return;
      if (code === attachedElsewhere) {
        over = true;
        tell("Another page shows it now.");
        return;
      }
      tell("The line was cut. Coming back …");
      timer = setTimeout(connect, Math.min(250 * 2 ** tries++, longestPauseMs));
    };
  };
  connect();

  return {
    type(bytes) {
      // What comes again answers nobody.
      if (replay <= 0 && socket?.readyState === WebSocket.OPEN) socket.send(bytes.slice());
    },
    resize: () => say({ resize: size() }),
    leave() {
      over = true;
      clearTimeout(timer);
      socket?.close();
    },
    end() {
      say({ hangUp: true });
      over = true;
      sessionStorage.removeItem(key);
    },
  };
}
