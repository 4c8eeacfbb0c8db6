import { toFailure } from "../../../domain/errors.ts";
import { selectOnNodes } from "../../../domain/select.ts";
import { lineOf } from "../keys/act.ts";
import { readLogsOf } from "../keys/log-keys.ts";
import { copied, quit } from "../keys/look.ts";
import { graphemes } from "../../view/text.ts";
import { close, notice, open, run } from "./overlays.ts";
import { meaning, suggestions } from "./palette.ts";
import { settled, withList } from "../screen/move-cursor.ts";
import { toView } from "../keys/walk.ts";
import type { Overlay, State, Reduced } from "../types.ts";

/** A key while something lies above the view. */
export function overlayKey(state: State, overlay: Overlay, key: string): Reduced {
  switch (overlay.kind) {
    case "filter":
      return filterKey(state, overlay, key);
    case "palette":
      return paletteKey(state, overlay, key);
    case "type":
      return typeKey(state, overlay, key);
    case "ask":
    case "leave":
      return askKey(state, overlay, key);
    case "choose":
      return chooseKey(state, overlay, key);
    case "jobs":
      return jobsKey(state, overlay, key);
    case "page":
    case "help":
      return pageKey(state, overlay, key);
  }
}

/** The text after a key that writes; undefined for keys that do not. */
function typed(text: string, key: string): string | undefined {
  if (key === "space") return `${text} `;
  if (key === "backspace") return [...graphemes(text)].slice(0, -1).join("");
  if (key === "C-u") return "";
  if (key === "C-w") return text.replace(/\S+\s*$/, "");
  // One character; names of keys are longer.
  return [...graphemes(key)].length === 1 ? text + key : undefined;
}

function filterKey(state: State, overlay: Extract<Overlay, { kind: "filter" }>, key: string): Reduced {
  if (key === "enter") return [close(state), []];
  if (key === "escape" || key === "C-c") return [close(withFilter(state, overlay.before)), []];
  if (key === "backspace" && overlay.text === "") return [close(state), []];
  const text = typed(overlay.text, key);
  return text === undefined ? [state, []] : [withFilter({ ...state, overlay: { ...overlay, text } }, text), []];
}

/** The rows follow each key. */
function withFilter(state: State, filter: string): State {
  if (state.view === "logs") return { ...state, logs: { ...state.logs, filter } };
  const list = state.lists[state.view];
  return settled(withList(state, state.view, { filter, top: 0, cursor: { ...list.cursor, index: 0 } }));
}

function paletteKey(state: State, overlay: Extract<Overlay, { kind: "palette" }>, key: string): Reduced {
  const offered = suggestions(state, overlay.text);
  const index = Math.min(overlay.index, Math.max(0, offered.length - 1));
  const step = key === "down" || key === "C-n" ? 1 : key === "up" || key === "C-p" ? -1 : 0;
  if (step !== 0) {
    return open(state, { ...overlay, index: Math.max(0, Math.min(index + step, offered.length - 1)) });
  }
  if (key === "escape" || key === "C-c" || (key === "backspace" && overlay.text === "")) return [close(state), []];
  const taken = offered[index]?.text;
  if (key === "tab" && taken !== undefined) return open(state, { kind: "palette", text: taken, index: 0 });
  if (key === "enter") {
    // What was chosen from the list counts; what was typed whole counts as it is.
    const whole = meaning(state, overlay.text);
    return decide(state, whole.kind === "nothing" || index > 0 ? (taken ?? overlay.text) : overlay.text, overlay);
  }
  const text = typed(overlay.text, key);
  return text === undefined ? [state, []] : open(state, { kind: "palette", text, index: 0 });
}

function decide(state: State, text: string, overlay: Extract<Overlay, { kind: "palette" }>): Reduced {
  const meant = meaning(state, text);
  switch (meant.kind) {
    case "view":
      return toView(close(state), meant.view);
    case "quit":
      return quit(close(state));
    case "logs":
      return logsOf(close(state), meant.of);
    case "shell":
      return [close(state), [{ kind: "shell", place: meant.place }]];
    case "run":
      // A command that was only begun is shown whole first, so that Enter never does more than was read.
      return text.trim() === overlay.text.trim()
        ? run(state, meant.run)
        : open(state, { kind: "palette", text, index: 0 });
    case "nothing":
      return text.trim() === overlay.text.trim()
        ? [notice(state, meant.why, "bad"), []]
        : open(state, { kind: "palette", text, index: 0 });
  }
}

/** By the config as it is: a name on several nodes means all of them. */
function logsOf(state: State, names: readonly string[]): Reduced {
  try {
    const { placements } = selectOnNodes(state.model.config.config, names, []);
    return readLogsOf(
      state,
      placements.map(({ container, node }) => `${container}@${node}`),
    );
  } catch (error) {
    return [notice(state, toFailure(error).message, "bad"), []];
  }
}

function typeKey(state: State, overlay: Extract<Overlay, { kind: "type" }>, key: string): Reduced {
  if (key === "escape" || key === "C-c") return [close(state), []];
  if (key === "enter")
    return overlay.text.trim() === "" ? [close(state), []] : run(state, overlay.then(overlay.text.trim()));
  const text = typed(overlay.text, key);
  return text === undefined ? [state, []] : open(state, { ...overlay, text });
}

function askKey(state: State, overlay: Extract<Overlay, { kind: "ask" | "leave" }>, key: string): Reduced {
  const answer = (yes: boolean): Reduced => {
    if (overlay.kind === "leave") return yes ? [close(state), [{ kind: "quit" }]] : [close(state), []];
    if ("id" in overlay.then) return [close(state), [{ kind: "answer", question: overlay.then.id, yes }]];
    return yes ? run(state, overlay.then) : [notice(close(state), "Nothing was changed."), []];
  };
  if (key === "y" || key === "Y") return answer(true);
  if (key === "enter") return answer(overlay.yes);
  if (["n", "N", "escape", "q", "C-c"].includes(key)) return answer(false);
  if (["left", "right", "tab", "S-tab", "h", "l"].includes(key)) return open(state, { ...overlay, yes: !overlay.yes });
  if (key === "C-k" && overlay.kind === "ask" && "operation" in overlay.then) {
    const line = lineOf(state, overlay.then);
    return line === undefined ? [state, []] : copied(state, line);
  }
  return [state, []];
}

function chooseKey(state: State, overlay: Extract<Overlay, { kind: "choose" }>, key: string): Reduced {
  const { items, index } = overlay;
  const to = (at: number): Reduced => open(state, { ...overlay, index: Math.max(0, Math.min(at, items.length - 1)) });
  if (key === "j" || key === "down") return to(index + 1);
  if (key === "k" || key === "up") return to(index - 1);
  if (key === "g" || key === "home") return to(0);
  if (key === "G" || key === "end") return to(items.length - 1);
  if (key === "escape" || key === "q" || key === "C-c") return [close(state), []];
  const item = items[index];
  if (key === "C-k" && item?.then) {
    const line = lineOf(state, item.then);
    return line === undefined ? [state, []] : copied(state, line);
  }
  if (key !== "enter" || !item) return [state, []];
  if (item.then) return run(state, item.then);
  return item.copy === undefined
    ? [notice(state, `${item.text}: ${item.note}`, "warn"), []]
    : copied(close(state), item.copy);
}

function jobsKey(state: State, { index }: Extract<Overlay, { kind: "jobs" }>, key: string): Reduced {
  const { jobs } = state.model;
  const step = key === "j" || key === "down" ? 1 : key === "k" || key === "up" ? -1 : 0;
  if (step !== 0) return open(state, { kind: "jobs", index: Math.max(0, Math.min(index + step, jobs.length - 1)) });
  if (key === "escape" || key === "q" || key === "J" || key === "C-c") return [close(state), []];
  const job = jobs.at(-1 - index);
  if (key !== "x" || job?.state !== "running" || state.readOnly) return [state, []];
  return [
    notice(state, `Asked ${job.title} to stop; what is in hand comes to a safe end.`),
    [{ kind: "cancel", job: job.id }],
  ];
}

function pageKey(state: State, overlay: Extract<Overlay, { kind: "page" | "help" }>, key: string): Reduced {
  const by: Readonly<Record<string, number>> = {
    j: 1,
    down: 1,
    enter: 1,
    k: -1,
    up: -1,
    "C-f": 20,
    pagedown: 20,
    space: 20,
    "C-b": -20,
    pageup: -20,
    "C-d": 10,
    "C-u": -10,
    g: -Infinity,
    home: -Infinity,
    G: 1e6,
    end: 1e6,
  };
  if (key === "enter" && overlay.kind === "page" && overlay.then) return run(state, overlay.then);
  const step = by[key];
  if (step !== undefined) return open(state, { ...overlay, scroll: Math.max(0, Math.min(overlay.scroll + step, 1e6)) });
  if (key === "escape" || key === "q" || key === "?" || key === "C-c") return [close(state), []];
  if (key === "Y" && overlay.kind === "page") {
    return copied(state, overlay.copy ?? overlay.lines.map((line) => line.map(({ text }) => text).join("")).join("\n"));
  }
  return [state, []];
}

/** Pasted text is text where one writes, and no keys anywhere. */
export function pasted(state: State, text: string): Reduced {
  const line = (text.split(/[\r\n]/)[0] ?? "").replaceAll("\t", " ");
  const { overlay } = state;
  if (overlay?.kind === "filter")
    return [withFilter({ ...state, overlay: { ...overlay, text: overlay.text + line } }, overlay.text + line), []];
  if (overlay?.kind === "palette" || overlay?.kind === "type")
    return open(state, { ...overlay, text: overlay.text + line });
  return [notice(state, "Pasted text is not taken for keys.", "warn"), []];
}
