import { firstState } from "../../src/tui/state/first.ts";
import { reduceState } from "../../src/tui/state/reduce.ts";
import type { ActionSpec } from "../../src/tui/state/actions.ts";
import type { Effect, TuiMessage, State } from "../../src/tui/state/types.ts";
import { draw } from "../../src/tui/view/index.ts";
import { lineWidth } from "../../src/tui/view/spans.ts";
import type { Model } from "../../src/watch/model.ts";
import { startMs } from "../watch/model.ts";
import { attic } from "./cluster.ts";

export interface Tui {
  state: State;
  /** Since the last look. */
  effects: Effect[];
  nowMs: number;
  send(message: TuiMessage): Tui;
  /** Keys one after the other: `press("j", "enter")`. */
  press(...keys: string[]): Tui;
  type(text: string): Tui;
  /** As long as somebody needs to see what has opened by itself. */
  read(): Tui;
  /** The screen as text, without blanks at the ends of its lines. */
  screen(): string;
}

/** The state and the view without a terminal. */
export function tui({
  columns = 120,
  rows = 30,
  model = attic(),
  readOnly = false,
  actions = [],
}: {
  readonly columns?: number;
  readonly rows?: number;
  readonly model?: Model;
  readonly readOnly?: boolean;
  readonly actions?: readonly ActionSpec[];
} = {}): Tui {
  const nowMs = startMs + 4000;
  return {
    state: firstState({ model, nowMs, size: { columns, rows }, readOnly, actions }),
    effects: [],
    nowMs,
    send(message) {
      const [state, effects] = reduceState(this.state, message, this.nowMs);
      this.state = state;
      this.effects.push(...effects);
      return this;
    },
    press(...keys) {
      for (const key of keys) this.send({ kind: "key", key });
      return this;
    },
    type(text) {
      return this.press(...Array.from(text, (character) => (character === " " ? "space" : character)));
    },
    read() {
      this.nowMs += 250;
      return this;
    },
    screen() {
      const lines = draw(this.state);
      const wide = lines.findIndex((line) => lineWidth(line) > this.state.size.columns);
      if (wide !== -1)
        throw new Error(`line ${wide} is too wide: ${lines[wide]?.map(({ text }) => text).join("") ?? ""}`);
      return lines
        .map((line) =>
          line
            .map(({ text }) => text)
            .join("")
            .trimEnd(),
        )
        .join("\n");
    },
  };
}
