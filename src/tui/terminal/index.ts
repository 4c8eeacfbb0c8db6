import { writeSync } from "node:fs";
import type { ReadStream, WriteStream } from "node:tty";
import { PictlError } from "../../domain/errors.ts";
import type { Line } from "../view/line.ts";
import { type Canvas, openCanvas } from "./canvas.ts";
import type { CellLooks } from "./cells.ts";
import { Frames } from "./frames.ts";
import { type InputEvent, InputParser } from "./input.ts";
import { clipboard, enterModes, mouseOff, mouseOn, restoreModes } from "./modes.ts";
import { TerminalOutput } from "./output.ts";
import { holdWarnings } from "./warnings.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalUser {
  /** What is to be on the screen now. */
  draw(size: Size): readonly Line[];
  input(event: InputEvent): void;
  resized(size: Size): void;
  /** The terminal or the process is to end; `code` is what a shell would tell of it. */
  ended(code: number): void;
}

export interface ScreenOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** `--no-color` and NO_COLOR. */
  readonly colour: boolean;
  readonly user: TerminalUser;
}

/** The terminal, taken over whole. */
export interface Screen {
  readonly size: Size;
  readonly utf8: boolean;
  /** Something has changed: draws soon. */
  changed(): void;
  /** Draws everything anew. */
  redraw(): void;
  /** Reports of the mouse; without them the terminal's own selecting works. */
  mouse(on: boolean): void;
  copy(text: string): void;
  /** Stops this process as Ctrl-Z does elsewhere; resolves when it goes on. */
  suspend(): Promise<void>;
  /** Gives the terminal to somebody else for as long as the work lasts. */
  lend<T>(work: () => Promise<T>): Promise<T>;
  /** Puts it back as it was. May be called twice. */
  close(): Promise<void>;
  /** Bytes sent, for measurements. */
  readonly sentBytes: number;
}

/** What stands in the way of a full screen; undefined when nothing does. */
export function terminalRefusal(
  streams: { readonly stdin: { isTTY?: boolean }; readonly stdout: { isTTY?: boolean } },
  env: NodeJS.ProcessEnv,
): PictlError | undefined {
  const missing = [streams.stdin.isTTY ? "" : "stdin", streams.stdout.isTTY ? "" : "stdout"].filter(Boolean);
  if (missing.length > 0) {
    return new PictlError(
      "usage",
      `The full screen needs a terminal, and ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} none.`,
      {
        hint: "`pictl status` prints the same without one.",
      },
    );
  }
  const { TERM = "" } = env;
  if (TERM !== "" && TERM !== "dumb" && TERM !== "unknown") return undefined;
  return new PictlError("usage", `The full screen needs a terminal that can move its cursor, and TERM is "${TERM}".`, {
    hint: "Set TERM to what your terminal is (`TERM=xterm-256color pictl tui`), or use `pictl status`.",
  });
}

/** Takes the terminal. Throws usage where it is none that can be taken (see `refusal`). */
export function openScreen(options: ScreenOptions): Screen {
  const { stdin, stdout, env, user } = options;
  const refused = terminalRefusal({ stdin, stdout }, env);
  if (refused) throw refused;
  const looks = looksOf(env, options.colour);
  let size = sizeOf(stdout);
  let mouse = true;
  let taken = false;
  let printWarnings: () => void = () => undefined;

  const output = new TerminalOutput(stdout, () => {
    frames.idle();
  });
  const write = (text: string): void => {
    output.write(text);
  };
  let canvas: Canvas | undefined;
  const frames = new Frames({
    paint: () => canvas?.paint(user.draw(size)),
    busy: () => output.busy,
    now: () => performance.now(),
  });

  const parser = new InputParser();
  let patience: NodeJS.Timeout | undefined;
  const onInput = (bytes: Buffer): void => {
    clearTimeout(patience);
    parser.feed(bytes).forEach(user.input.bind(user));
    frames.request(true);
    if (parser.patienceMs === undefined) return;
    patience = setTimeout(() => {
      parser.flush().forEach(user.input.bind(user));
    }, parser.patienceMs);
  };
  const onResize = (): void => {
    size = sizeOf(stdout);
    canvas?.resize(size.columns, size.rows);
    user.resized(size);
    frames.request();
  };
  const gone = (): void => {
    user.ended(hungUp);
  };

  const take = (): void => {
    if (taken) return;
    taken = true;
    printWarnings = holdWarnings();
    setBlocking(stdout, false);
    stdin.setRawMode(true);
    stdin.on("data", onInput);
    stdin.on("end", gone);
    stdin.on("error", gone);
    stdin.resume();
    size = sizeOf(stdout);
    if (canvas) canvas.enter(size.columns, size.rows);
    else canvas = openCanvas({ write, ...size, term: env["TERM"] ?? "", looks });
    write(enterModes + (mouse ? mouseOn : ""));
    frames.start();
  };
  /** At once, also in the middle of a frame and while the process ends. */
  const restore = (): void => {
    if (!taken) return;
    taken = false;
    frames.stop();
    output.discard();
    clearTimeout(patience);
    stdin.off("data", onInput);
    stdin.off("end", gone);
    stdin.off("error", gone);
    try {
      writeSync(1, restoreModes);
      stdin.setRawMode(false);
    } catch {
      // There is no terminal any more that could be put back.
    }
    stdin.pause();
    setBlocking(stdout, true);
    printWarnings();
  };

  const suspend = async (): Promise<void> => {
    await settled(output);
    restore();
    // Nothing else may keep the process alive until it is stopped.
    const alive = setInterval(() => undefined, 1 << 30);
    process.off("SIGTSTP", onStop);
    const goesOn = new Promise<void>((resolve) =>
      process.once("SIGCONT", () => {
        resolve();
      }),
    );
    process.kill(0, "SIGTSTP");
    await goesOn;
    clearInterval(alive);
    process.on("SIGTSTP", onStop);
    take();
  };
  const onStop = (): void => void suspend();
  const endings = (Object.entries(endSignals) as [NodeJS.Signals, number][]).map(
    ([signal, code]) =>
      [
        signal,
        (): void => {
          user.ended(code);
        },
      ] as const,
  );

  process.on("exit", restore);
  process.on("uncaughtExceptionMonitor", restore);
  process.on("SIGTSTP", onStop);
  for (const [signal, listener] of endings) process.on(signal, listener);
  stdout.on("resize", onResize);
  take();

  return {
    get size() {
      return size;
    },
    utf8: looks.utf8,
    changed: () => {
      frames.request();
    },
    redraw: () => {
      canvas?.forget();
      frames.request();
    },
    mouse: (on) => {
      mouse = on;
      write(on ? mouseOn : mouseOff);
    },
    copy: (text) => {
      write(clipboard(text));
    },
    suspend,
    lend: async (work) => {
      await settled(output);
      restore();
      try {
        return await work();
      } finally {
        take();
      }
    },
    close: async () => {
      await settled(output);
      restore();
      process.off("exit", restore);
      process.off("uncaughtExceptionMonitor", restore);
      process.off("SIGTSTP", onStop);
      for (const [signal, listener] of endings) process.off(signal, listener);
      stdout.off("resize", onResize);
    },
    get sentBytes() {
      return output.bytes;
    },
  };
}

const hungUp = 129;
/** With the exit codes that a shell gives. */
const endSignals = { SIGHUP: hungUp, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 };

/** So long a slow line may take for the piece that is on its way. */
const settlingMs = 300;

/** What has not gone is dropped, what is on the way is waited for: it would come after the terminal was put back. */
async function settled(output: TerminalOutput): Promise<void> {
  output.discard();
  const until = performance.now() + settlingMs;
  while (output.busy && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
}

function sizeOf({ columns, rows }: { columns?: number; rows?: number }): Size {
  // 0: a terminal that does not know its size.
  return { columns: columns || 80, rows: rows || 24 };
}

function looksOf(env: NodeJS.ProcessEnv, colour: boolean): CellLooks {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const rich = env["TERM"] !== "linux" && env["TERM"] !== "vt100" && env["TERM"] !== "vt220";
  return { colour, utf8: /utf-?8/i.test(locale), rich };
}

/** Node writes to terminals by blocking, which on a slow line stops keys and everything else. */
function setBlocking(stdout: WriteStream, blocking: boolean): void {
  const { _handle: handle } = stdout as unknown as { _handle?: { setBlocking?(on: boolean): void } };
  handle?.setBlocking?.(blocking);
}
