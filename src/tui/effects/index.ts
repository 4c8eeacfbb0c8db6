import { plural } from "../../domain/text.ts";
import { writeFile } from "node:fs/promises";
import { openShell, type LocalTerminal } from "../../app/shell.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { placeNamed } from "../../domain/terminal/place.ts";
import type { OpenCluster } from "../../app/ports.ts";
import { operations } from "../../operations/index.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import type { Live } from "../../watch/live.ts";
import { localTime } from "../../view/text/units.ts";
import { firstState } from "../state/first.ts";
import { screenLayout } from "../state/screen/layout.ts";
import { reduceState } from "../state/reduce.ts";
import { shownRows } from "../state/screen/rows.ts";
import type { Effect, TuiMessage, State } from "../state/types.ts";
import type { Screen, TerminalUser } from "../terminal/index.ts";
import { draw } from "../view/index.ts";
import { Runs } from "./jobs.ts";
import { logsEffects } from "./logs.ts";
import { specsOf } from "./specs.ts";

export interface TuiOptions {
  readonly cluster: OpenCluster;
  readonly live: Live;
  readonly jobs: Jobs;
  /** Takes the terminal over. */
  readonly open: (user: TerminalUser) => Screen;
  /** The terminal for a shell, while it is lent. */
  readonly local: () => LocalTerminal;
  /** Opens the config in the user's editor, while the terminal is lent; the code it ended with. */
  readonly edit: () => Promise<number>;
  readonly readOnly: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  /** Warnings of what works in the background. */
  readonly onWarning: (listener: (message: string) => void) => void;
}

export { jobsEffects } from "./jobs.ts";

/** Ages and times move by the second. */
const tickMs = 1000;

/** The full screen until somebody quits; the exit code. The terminal is as it was before. */
export async function runTui(options: TuiOptions): Promise<number> {
  const { cluster, live, jobs, now } = options;
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const user: TerminalUser = {
    draw: () => {
      const lines = draw(state);
      interest.follow(state);
      return lines;
    },
    input: (event) => {
      if (event.kind === "key") tell({ kind: "key", key: event.key });
      else tell(event);
    },
    resized: ({ columns, rows }) => {
      tell({ kind: "size", columns, rows });
    },
    ended: (code) => {
      end(code);
    },
  };
  let state: State = firstState({
    model: live.current(),
    nowMs: now(),
    size: { columns: 80, rows: 24 },
    readOnly: options.readOnly,
    actions: specsOf(operations),
  });
  const tell = (message: TuiMessage): void => {
    const [next, effects] = reduceState(state, message, now());
    state = next;
    terminal.changed();
    for (const effect of effects) carry(effect);
  };
  const { who } = cluster.ports.actor;
  const runs = new Runs({ cluster, jobs, caller: { who, face: "tui" }, tell });
  const interest = new InterestOf(live);
  let endLogs: (() => void) | undefined;

  const lend = async (what: string, work: () => Promise<string | undefined>): Promise<void> => {
    const failed = await terminal
      .lend(async () => {
        process.stdout.write(`\n${what}\n`);
        return work();
      })
      .catch((error: unknown) => toFailure(error).message);
    tell(failed === undefined ? { kind: "tick" } : { kind: "told", text: failed, tone: "bad" });
  };
  const carry = (effect: Effect): void => {
    switch (effect.kind) {
      case "run":
        void runs.run(effect.run);
        return;
      case "logs":
        endLogs?.();
        endLogs = logsEffects({ cluster, tell, random: options.random }, effect);
        return;
      case "logs-end":
        endLogs?.();
        endLogs = undefined;
        return;
      case "answer":
        runs.answer(effect.question, effect.yes);
        return;
      case "cancel":
        jobs.cancel(effect.job, who);
        return;
      case "save":
        void save(effect.lines, now()).then(
          (path) => {
            tell({
              kind: "told",
              text: `${plural(effect.lines.length, "line")} ${effect.lines.length === 1 ? "is" : "are"} in ${path}.`,
              tone: "good",
            });
          },
          (error: unknown) => {
            tell({ kind: "told", text: `The lines could not be saved: ${toFailure(error).message}`, tone: "bad" });
          },
        );
        return;
      case "shell":
        void lend(`A shell on ${effect.place}; \`exit\` comes back to pictl.`, async () => {
          const { config } = await cluster.store.read();
          const report = await openShell(cluster.ports, {
            config,
            place: placeNamed(config, effect.place),
            local: options.local(),
          });
          return report.failures[0]?.message;
        });
        return;
      case "edit":
        void lend("Your editor; pictl comes back when it has ended.", async () => {
          const code = await options.edit();
          return code === 0 ? undefined : "The config was not changed.";
        });
        return;
      case "copy":
        terminal.copy(effect.text);
        return;
      case "look":
        void live.refresh();
        return;
      case "redraw":
        terminal.redraw();
        return;
      case "mouse":
        terminal.mouse(effect.on);
        return;
      case "suspend":
        void terminal.suspend().then(() => {
          tell({ kind: "tick" });
        });
        return;
      case "quit":
        end(0);
    }
  };

  const terminal = options.open(user);
  tell({ kind: "size", ...terminal.size });
  options.onWarning((text) => {
    tell({ kind: "told", text, tone: "warn" });
  });
  const unsubscribe = live.subscribe((model) => {
    tell({ kind: "model", model });
  });
  const ticking = setInterval(() => {
    tell({ kind: "tick" });
  }, tickMs);
  try {
    return await ended;
  } finally {
    clearInterval(ticking);
    unsubscribe();
    interest.end();
    endLogs?.();
    runs.stop();
    await terminal.close();
  }
}

/** What containers use is measured for those on the screen only. */
class InterestOf {
  readonly #live: Live;
  #now = "";
  #end: (() => void) | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  follow(state: State): void {
    const uses = usesShown(state);
    const text = uses.join(" ");
    if (text === this.#now) return;
    this.#now = text;
    const before = this.#end;
    this.#end = uses.length > 0 ? this.#live.watch({ uses }) : undefined;
    before?.();
  }

  end(): void {
    this.#end?.();
  }
}

function usesShown(state: State): readonly string[] {
  if (state.view !== "containers") return [];
  const { top } = state.lists.containers;
  // Sorted by what they use, all have to be known.
  const rows = shownRows(state, "containers");
  const shown = state.lists.containers.sort
    ? rows
    : rows.slice(top, top + screenLayout(state.size, "containers").listRows);
  return shown.map(({ id }) => id);
}

/** Into the folder where pictl was started, for nobody else to read: a log may hold anything. */
async function save(lines: readonly string[], nowMs: number): Promise<string> {
  const path = `pictl-logs-${localTime(new Date(nowMs).toISOString()).replaceAll(/[ :]/g, "-")}.txt`;
  try {
    await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new PictlError("state-write-failed", `${path} could not be written (${(error as Error).message}).`);
  }
  return path;
}
