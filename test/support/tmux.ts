/** A real terminal for tests: a tmux server of their own, with a shell in it. */
import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";

export interface TmuxScreen {
  /** Keys as tmux names them: `Enter`, `C-z`, `j`. */
  keys(...keys: string[]): void;
  /** Text, character by character. */
  type(text: string): void;
  /** As a terminal pastes. */
  paste(text: string): void;
  /** What is on the screen, without blanks at the ends of its lines. */
  screen(): string;
  /** Waits until the screen shows it; throws with the screen when it does not. */
  until(shows: RegExp | string | ((screen: string) => boolean), timeoutMs?: number): Promise<string>;
  /** The left button on that place, counted from 0; or the wheel. */
  mouse(button: "press" | "wheel-down" | "wheel-up", column: number, row: number): void;
  /** As programs have named it. */
  title(): string;
  /** What programs have put there. */
  clipboard(): string;
  resize(columns: number, rows: number): void;
  /** From now on, every byte that programs send to it is added to the file, as it comes. */
  record(path: string): void;
  /** What programs may have set and should have put back. */
  modes(): TmuxModes;
  /** The process that runs in it, which is the shell. */
  pid(): number;
  /** The node process that the shell has started. */
  childPid(): number;
  /** Ends the terminal, as closing a window does. */
  hangUp(): void;
}

export interface TmuxModes {
  readonly otherScreen: boolean;
  readonly cursor: boolean;
  readonly mouse: boolean;
  readonly wraps: boolean;
  readonly keypad: boolean;
}

/** Why there is no terminal for tests here; undefined when there is one. For `describe.skipIf`. */
export function noTmux(): string | undefined {
  try {
    execFileSync("tmux", ["-V"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs tmux";
  }
}

let count = 0;

/** Opens a terminal of that size whose shell has these variables. It goes away with the test. */
export function openTmux({
  columns = 80,
  rows = 24,
  env = {},
  lasts = false,
}: {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Until `hangUp`, for several tests. */
  readonly lasts?: boolean;
} = {}): TmuxScreen {
  count += 1;
  const server = `pictl-test-${process.pid}-${count}`;
  const tmux = (...words: string[]): string =>
    execFileSync("tmux", ["-L", server, "-f", "/dev/null", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const variables = Object.entries({ LANG: "C.UTF-8", LC_ALL: "C.UTF-8", PS1: "$ ", ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  // A shell that controls jobs, and reads no file of anybody.
  tmux(
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    "env",
    ...variables,
    "bash",
    "--norc",
    "--noprofile",
    "-i",
  );
  // What a program copies is taken.
  tmux("set-option", "-g", "set-clipboard", "on");
  const close = (): void => {
    try {
      tmux("kill-server");
    } catch {
      // It has ended with its shell.
    }
  };
  if (!lasts) onTestFinished(close);
  const screen = (): string => tmux("capture-pane", "-p").replaceAll(/ +$/gm, "");
  return {
    keys: (...keys) => void tmux("send-keys", ...keys),
    type: (text) => void tmux("send-keys", "-l", text),
    paste: (text) => {
      tmux("set-buffer", "--", text);
      tmux("paste-buffer", "-p", "-r");
    },
    screen,
    async until(shows, timeoutMs = 15_000) {
      const matches = (text: string): boolean =>
        typeof shows === "function" ? shows(text) : typeof shows === "string" ? text.includes(shows) : shows.test(text);
      const until = performance.now() + timeoutMs;
      for (;;) {
        const now = screen();
        if (matches(now)) return now;
        if (performance.now() > until) throw new Error(`the screen does not show ${String(shows)}:\n${now}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    mouse: (button, column, row) => {
      const code = { press: 0, "wheel-up": 64, "wheel-down": 65 }[button];
      tmux("send-keys", "-l", `\x1b[<${code};${column + 1};${row + 1}M`);
    },
    title: () => tmux("display", "-p", "#{pane_title}").trim(),
    clipboard: () => tmux("show-buffer"),
    resize: (wide, high) => void tmux("resize-window", "-x", String(wide), "-y", String(high)),
    record: (path) => void tmux("pipe-pane", `exec cat >>'${path}'`),
    modes: () => {
      const names = ["alternate_on", "cursor_flag", "mouse_any_flag", "wrap_flag", "keypad_cursor_flag"];
      const [otherScreen, cursor, mouse, wraps, keypad] = tmux(
        "display",
        "-p",
        names.map((name) => `#{${name}}`).join(" "),
      )
        .trim()
        .split(" ")
        .map((flag) => flag === "1");
      return {
        otherScreen: otherScreen ?? false,
        cursor: cursor ?? false,
        mouse: mouse ?? false,
        wraps: wraps ?? false,
        keypad: keypad ?? false,
      };
    },
    pid: () => Number(tmux("display", "-p", "#{pane_pid}").trim()),
    childPid: () => {
      const shell = tmux("display", "-p", "#{pane_pid}").trim();
      return Number(execFileSync("pgrep", ["-P", shell, "node"], { encoding: "utf8" }).trim().split("\n")[0]);
    },
    hangUp: close,
  };
}
