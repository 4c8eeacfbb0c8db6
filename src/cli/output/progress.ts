import type { Progress, ProgressStep } from "../../app/ports.ts";
import { visible, visibleLines } from "../../domain/text.ts";
import { duration } from "../../view/text/units.ts";
import { tint } from "../../view/text/style.ts";
import { wrapBehind } from "../../view/text/wrap.ts";
import type { Terminal } from "./terminal.ts";

/** Progress that can be taken off the screen before results are printed. */
export interface CliProgress extends Progress {
  /** As `warn`, as often as it is called. */
  notice(message: string): void;
  /** Takes the display off the screen, for something else to stand there until the function returned is called. */
  hold(): Promise<() => void>;
  /** Ends the display; later steps are silent. */
  stop(): Promise<void>;
}

export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly quiet: boolean;
  /** Nothing is done, so that what would be stands in the result alone. */
  readonly rehearsal?: boolean;
  readonly stderr: NodeJS.WritableStream;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Starts the redrawing display; loaded only when there is a terminal to draw on. */
  readonly openDisplay: () => Promise<Display>;
}

/** One summarising line with the steps under way below it. */
export interface Display {
  draw(title: string, lines: readonly string[]): void;
  close(): Promise<void>;
}

const linesShown = 10;
/** So long nobody may have answered before it is told who is awaited: most answer within a second. */
const awaitedAfterMs = 4000;
/** From then on a step tells how long it has taken. */
const longMs = 2000;

/**
 * On a terminal: a live display. Elsewhere: one plain line per ended step. Quiet (--json): warnings only.
 * However many steps there are, at most ten are shown and redrawn.
 */
export function createProgress(options: ProgressOptions): CliProgress {
  const { terminal, stderr } = options;
  const warned = new Set<string>();
  const active = new Map<symbol, Active>();
  let begun = 0;
  let display: Promise<Display> | undefined;
  let stopped = false;
  let holders = 0;

  let ticking: NodeJS.Timeout | undefined;
  const draw = (): void => {
    if (!terminal.live || options.quiet || stopped || holders > 0) return;
    display ??= options.openDisplay();
    void display.then((screen) => {
      if (stopped || holders > 0) return;
      screen.draw(title(begun - active.size, begun), shown([...active.values()], options.now()));
    });
  };
  /** While something is under way: on a terminal its time goes on, elsewhere it is told who is awaited. */
  let awaiting: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(awaiting);
    if (active.size === 0 || stopped) {
      clearInterval(ticking);
      ticking = undefined;
      return;
    }
    if (terminal.live) ticking ??= setInterval(draw, 1000).unref();
    else awaiting = setTimeout(tellAwaited, awaitedAfterMs).unref();
  };
  const tellAwaited = (): void => {
    const nodes = [...active.values()].filter(({ awaited }) => awaited !== undefined);
    const [first] = nodes;
    if (!first) return;
    const names = nodes.slice(0, 3).map(({ awaited = "" }) => visible(awaited));
    const more = nodes.length > 3 ? ` and ${String(nodes.length - 3)} more` : "";
    const since = duration(options.now() - Math.min(...nodes.map(({ startedAt }) => startedAt)));
    plainLine(`Waiting for ${names.join(", ")}${more}, ${since} so far.`);
    awaiting = setTimeout(tellAwaited, 10_000).unref();
  };
  const close = async (): Promise<void> => {
    const screen = display;
    display = undefined;
    await (await screen)?.close();
  };
  const plainLine = (text: string): void => {
    if (!terminal.live && !options.quiet && !options.rehearsal && !stopped) stderr.write(`${text}\n`);
  };

  const begin = (label: string, tell: (line: string) => void, awaited?: string): ProgressStep => {
    const key = Symbol(label);
    const startedAt = options.now();
    active.set(key, { label, text: "", startedAt, awaited });
    begun += 1;
    draw();
    watch();
    const end = (line: string): void => {
      active.delete(key);
      watch();
      tell(line);
      draw();
    };
    return {
      update(text) {
        const step = active.get(key);
        if (!step) return;
        step.text = visible(text);
        draw();
      },
      done(text) {
        end(`${label}: ${text === undefined ? "done" : visible(text)} (${duration(options.now() - startedAt)})`);
      },
      fail() {
        // Why is told once, in the summary.
        end(`${label}: failed`);
      },
    };
  };

  return {
    step: (where, what) => begin(`${where}: ${what}`, plainLine),
    look: (where) => begin(`${where}: looking`, () => undefined, where),
    warn(message) {
      if (warned.has(message)) return;
      warned.add(message);
      this.notice(message);
    },
    notice(message) {
      stderr.write(wrapBehind(`${tint(terminal.err, "warn", "!")} `, visibleLines(message), terminal.err.width));
    },
    async hold() {
      holders += 1;
      await close();
      return () => {
        holders -= 1;
        if (active.size > 0) draw();
      };
    },
    async stop() {
      stopped = true;
      active.clear();
      watch();
      await close();
    },
  };
}

function title(done: number, all: number): string {
  return all === 1 ? "working" : `${String(done)} of ${String(all)} done`;
}

interface Active {
  readonly label: string;
  text: string;
  readonly startedAt: number;
  /** The node that is asked, for a look. */
  readonly awaited: string | undefined;
}

function shown(steps: readonly Active[], now: number): string[] {
  const lines = steps.slice(0, linesShown).map(({ label, text, startedAt }) => {
    const seconds = Math.floor((now - startedAt) / 1000);
    const lasts = seconds * 1000 >= longMs ? ` (${String(seconds)} s)` : "";
    return `${text === "" ? label : `${label}: ${text}`}${lasts}`;
  });
  return steps.length > linesShown ? [...lines, `… and ${String(steps.length - linesShown)} more`] : lines;
}
