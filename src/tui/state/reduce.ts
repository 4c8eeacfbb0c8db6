import { answerPage, candidateChoices } from "./overlays/answers.ts";
import { keysFor } from "./keys/keys.ts";
import { withLines } from "./keys/log-keys.ts";
import { mouse } from "./keys/mouse.ts";
import { settled } from "./screen/move-cursor.ts";
import { notice } from "./overlays/overlays.ts";
import { overlayKey, pasted } from "./overlays/overlay-keys.ts";
import type { Answered, Effect, TuiMessage, Decided, State, Reduced } from "./types.ts";

/** What comes of a message at that moment (milliseconds since the epoch). */
export function reduceState(before: State, message: TuiMessage, nowMs: number): Reduced {
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
      return [withComing({ ...state, coming: [...state.coming, message] }), []];
    case "answered":
      return [isLate(state, message) ? state : withComing({ ...state, coming: [...state.coming, message] }), []];
    case "log-lines":
      return [message.reading === state.logs.reading ? withLines(state, message.lines) : state, []];
    case "log-state":
      return [
        message.reading === state.logs.reading ? { ...state, logs: { ...state.logs, state: message.state } } : state,
        [],
      ];
  }
}

/** Who looks at something new takes so long at least to read a word of it. */
const unreadMs = 200;

/** The next question of a job, or answer, as soon as nothing else lies above the view: whoever types is not interrupted. */
function withComing(state: State): State {
  const [first, ...coming] = state.coming;
  if (state.overlay || !first) return state;
  const rest = { ...state, coming, awaited: undefined, unreadUntilMs: state.nowMs + unreadMs };
  if ("id" in first) return { ...rest, overlay: { kind: "ask", question: first.question, yes: false, then: first } };
  return withComing(answered(rest, first)[0]);
}

/** The answer to a look that somebody has turned away from since: it would take the next keys as its own. */
function isLate({ awaited, actions }: State, { run }: Answered): boolean {
  return run !== awaited && actions.some(({ id, changes }) => id === run.operation && !changes);
}

/** Whose answer is waited for after this key. */
function awaitedAfter(before: State, after: State, effects: readonly Effect[], key: string): Decided | undefined {
  const asked = effects.findLast((effect) => effect.kind === "run");
  if (asked) return asked.run;
  const turnedAway = key === "escape" || after.view !== before.view || (after.overlay && !before.overlay);
  return turnedAway ? undefined : after.awaited;
}

function pressed(state: State, key: string): Reduced {
  if (state.overlay && state.nowMs < state.unreadUntilMs) return [state, []];
  const [after, effects] = state.overlay
    ? overlayKey(state, state.overlay, key)
    : viewKey({ ...state, notice: undefined }, key);
  const next = withComing({ ...after, awaited: awaitedAfter(state, after, effects, key) });
  // Nobody reads any more what nobody sees.
  const leaves = state.view === "logs" && next.view !== "logs" && next.logs.state !== "none";
  return leaves
    ? [
        { ...next, logs: { ...next.logs, state: "none", reading: next.logs.reading + 1 } },
        [...effects, { kind: "logs-end" }],
      ]
    : [next, effects];
}

function viewKey(state: State, key: string): Reduced {
  const spec = keysFor(state.view, state.readOnly).find(({ keys }) => keys.includes(key));
  if (spec) return spec.run(state, key);
  if (state.readOnly && keysFor(state.view, false).some(({ keys }) => keys.includes(key))) {
    return [notice(state, "Nothing can be changed: this is --read-only.", "warn"), []];
  }
  return [state, []];
}

function answered(state: State, { run, result, failures }: Answered): Reduced {
  return run.operation === "container.candidates"
    ? candidateChoices(state, run, result, failures)
    : answerPage(state, run, result, failures);
}
