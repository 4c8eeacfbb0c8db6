import { EventEmitter } from "node:events";
import { basename } from "node:path";
import blessed from "blessed";
import type { Line } from "../view/line.ts";
import { type Cell, cellsOf, type CellLooks } from "./cells.ts";

export interface CanvasOptions {
  /** Takes what is to be sent to the terminal. */
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
  /** `$TERM`. */
  readonly term: string;
  readonly looks: CellLooks;
}

/** blessed's screen with one box over all of it, which is drawn by us. */
export interface Canvas {
  /** Shows the lines; sends only what differs from what is there. */
  paint(lines: readonly Line[]): void;
  /** Takes the terminal again: the other screen, no cursor, nothing on it. */
  enter(columns: number, rows: number): void;
  resize(columns: number, rows: number): void;
  /** As if nothing were on the screen: the next `paint` sends everything. */
  forget(): void;
}

/** The parts of blessed that its types leave out. */
interface Inside {
  lines: (([look: number, text: string] | undefined)[] & { dirty?: boolean })[];
  cols: number;
  rows: number;
  alloc(): void;
  enter(): void;
  render(): void;
  children: { render: () => void }[];
  readonly tput: {
    unicode: boolean;
    strings: Record<string, string>;
    bools: Record<string, boolean>;
  };
  readonly program: { cols: number; rows: number; isAlt: boolean; flush(): void };
}

/**
 * blessed's own ways are left alone in what goes wrong: it measures Unicode wrongly, reads the terminfo of `$TERM`
 * (from which it draws nonsense for some), turns half sequences into keys and puts the terminal back at some ends only.
 */
export function openCanvas(options: CanvasOptions): Canvas {
  const { looks } = options;
  const before = listenersOfProcess();
  const screen = blessed.screen({
    // Neither is the real one: keys come from our parser, and what is sent may be held back.
    input: silentInput() as never,
    output: outputOf(options) as never,
    terminal: terminfo(options.term),
    useBCE: true,
    forceUnicode: looks.utf8,
  }) as unknown as Inside;
  removeOthers(before);
  const { tput, program } = screen;
  // Every jump says its column, so that a character that the terminal takes for wider than we do moves nothing else.
  tput.strings["parm_right_cursor"] = "";
  // Lines are drawn by what they are, not by another alphabet.
  tput.strings["enter_alt_charset_mode"] = "";
  // Not every terminal fills with the colour of the ground.
  tput.bools["back_color_erase"] = false;
  tput.unicode = looks.utf8;

  let shown: readonly Line[] = [];
  /** What stands on the screen since the last frame; undefined where nobody knows. */
  let there: readonly (Line | undefined)[] = [];
  const box = blessed.box({ parent: screen as never, top: 0, left: 0, width: "100%", height: "100%" });
  box.render = (): never => {
    for (let row = 0; row < screen.rows; row += 1) {
      const line = screen.lines[row];
      const wanted = shown[row] ?? [];
      if (!line || sameLine(wanted, there[row])) continue;
      line.dirty = place(line, cellsOf(wanted, screen.cols, looks)) || line.dirty === true;
    }
    there = shown;
    return undefined as never;
  };
  const sized = (columns: number, rows: number): void => {
    there = [];
    program.cols = columns;
    program.rows = rows;
  };
  program.flush();
  return {
    paint(lines) {
      shown = lines;
      screen.render();
      program.flush();
    },
    enter(columns, rows) {
      sized(columns, rows);
      program.isAlt = false;
      // Clears what is on the screen, so that it must be the other one by then.
      screen.enter();
      program.flush();
    },
    resize(columns, rows) {
      sized(columns, rows);
      screen.alloc();
    },
    forget() {
      there = [];
      screen.alloc();
    },
  };
}

/** Most lines are the same from one frame to the next, and comparing them costs a tenth of drawing them. */
function sameLine(one: Line, other: Line | undefined): boolean {
  return (
    one === other ||
    (one.length === other?.length &&
      one.every(({ text, tone, ground }, at) => {
        const span = other[at];
        return span?.text === text && span.tone === tone && span.ground === ground;
      }))
  );
}

/** Whether anything differs from what is to be drawn already. */
function place(line: Inside["lines"][number], cells: readonly Cell[]): boolean {
  let differs = false;
  cells.forEach(([look, text], column) => {
    const there = line[column];
    if (!there || (there[0] === look && there[1] === text)) return;
    there[0] = look;
    there[1] = text;
    differs = true;
  });
  return differs;
}

/**
 * The description that blessed brings with it: no file of that name is there, so it takes its own. All that is still
 * in use understand xterm's; the kernel's console is the exception.
 */
function terminfo(term: string): string {
  return `/dev/null/${basename(term) === "linux" ? "linux" : "xterm-256color"}`;
}

function silentInput(): EventEmitter {
  return Object.assign(new EventEmitter(), { resume: () => undefined, pause: () => undefined });
}

function outputOf({ write, columns, rows }: CanvasOptions): EventEmitter {
  return Object.assign(new EventEmitter(), { isTTY: true, writable: true, columns, rows, write });
}

type Listener = (...given: unknown[]) => void;
const touched = ["uncaughtException", "SIGTERM", "SIGINT", "SIGQUIT", "exit"] as const;

function listenersOfProcess(): ReadonlyMap<string, readonly Listener[]> {
  return new Map(touched.map((name) => [name, process.listeners(name as never) as Listener[]]));
}

/** blessed ends with 0 at SIGINT, prints at exceptions and knows no SIGHUP: ends are ours alone. */
function removeOthers(before: ReadonlyMap<string, readonly Listener[]>): void {
  for (const name of touched) {
    for (const listener of process.listeners(name as never) as Listener[]) {
      if (!before.get(name)?.includes(listener)) process.off(name, listener);
    }
  }
}
