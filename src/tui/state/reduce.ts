import { answerPage, candidateChoices } from "./answers.ts";
import { keysFor } from "./keys.ts";
import { withLines } from "./log-keys.ts";
import { mouse } from "./mouse.ts";
import { settled } from "./move-cursor.ts";
import { notice } from "./overlays.ts";
import { overlayKey, pasted } from "./overlay-keys.ts";
import type { Message, State, Step } from "./types.ts";

/** What comes of a message at that moment (milliseconds since the epoch). */
export function reduce(before: State, message: Message, nowMs: number): Step {
  const state = {
    ...before,
    nowMs,
    notice: before.notice && before.notice.untilMs > nowMs ? before.notice : undefined,
  };
  switch (message.kind) {
    case "key":
      return pressed(state, message.key);
    case "paste":
      return pasted(state, message.text);
    case "mouse":
      return mouse(state, message);
    case "size":
      return [settled({ ...state, size: { columns: message.columns, rows: message.rows } }), []];
    case "model":
      return [settled({ ...state, model: message.model }), []];
    case "tick":
      return [state, []];
    case "told":
      return [notice(state, message.text, message.tone), []];
    case "asked":
      return [withQuestion({ ...state, questions: [...state.questions, message] }), []];
    case "answered":
      return answered(state, message);
    case "log-lines":
      return [message.reading === state.logs.reading ? withLines(state, message.lines) : state, []];
    case "log-state":
      return [
        message.reading === state.logs.reading ? { ...state, logs: { ...state.logs, state: message.state } } : state,
        [],
      ];
  }
}

/** The next question of a job, as soon as nothing else lies above the view: whoever types is not interrupted. */
function withQuestion(state: State): State {
  const [first, ...questions] = state.questions;
  if (state.overlay || !first) return state;
  return { ...state, questions, overlay: { kind: "ask", question: first.question, yes: false, then: first } };
}

function pressed(state: State, key: string): Step {
  const [after, effects] = state.overlay
    ? overlayKey(state, state.overlay, key)
    : viewKey({ ...state, notice: undefined }, key);
  const next = withQuestion(after);
  // Nobody reads any more what nobody sees.
  const leaves = state.view === "logs" && next.view !== "logs" && next.logs.state !== "none";
  return leaves
    ? [
        { ...next, logs: { ...next.logs, state: "none", reading: next.logs.reading + 1 } },
        [...effects, { kind: "logs-end" }],
      ]
    : [next, effects];
}

function viewKey(state: State, key: string): Step {
  const spec = keysFor(state.view, state.readOnly).find(({ keys }) => keys.includes(key));
  if (spec) return spec.run(state, key);
  if (state.readOnly && keysFor(state.view, false).some(({ keys }) => keys.includes(key))) {
    return [notice(state, "Nothing can be changed: this is --read-only.", "warn"), []];
  }
  return [state, []];
}

function answered(state: State, { run, result, failures }: Extract<Message, { kind: "answered" }>): Step {
  return run.operation === "container.candidates"
    ? candidateChoices(state, run, result, failures)
    : answerPage(state, run, result, failures);
}
