import type { Line, LineTone } from "../../view/line.ts";
import type { Overlay, Decided, State, Reduced } from "../types.ts";

/** How long a word about what was done stays. */
const noticeMs = 6000;

export function notice(state: State, text: string, tone: LineTone = "plain"): State {
  return { ...state, notice: { text, tone, untilMs: state.nowMs + noticeMs } };
}

export function open(state: State, overlay: Overlay): Reduced {
  return [{ ...state, overlay }, []];
}

export function close(state: State): State {
  return { ...state, overlay: undefined };
}

/** A text to look at, in the place of the view. */
export function page(state: State, title: string, lines: readonly Line[], copy?: string): Reduced {
  return open(state, { kind: "page", title, lines, scroll: 0, ...(copy === undefined ? {} : { copy }) });
}

/** Asks first; No stands under the finger. */
export function ask(state: State, question: string, then: Decided): Reduced {
  return open(state, { kind: "ask", question, yes: false, then });
}

export function run(state: State, decided: Decided): Reduced {
  return [close(state), [{ kind: "run", run: decided }]];
}
