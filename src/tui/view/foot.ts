import { concerns } from "../lists/concerns.ts";
import { keysFor } from "../state/keys/keys.ts";
import { sinces } from "../state/keys/log-keys.ts";
import { cursorRow, shownRows } from "../state/screen/rows.ts";
import type { State } from "../state/types.ts";
import type { Line, Span } from "./line.ts";
import { apart, fitLine, lineWidth } from "./spans.ts";
import { cut, graphemes, safe, width } from "./text.ts";

/** The last line: the keys that matter here. */
export function drawFoot(state: State): Line {
  const { columns } = state.size;
  const keys = keysHere(state);
  const spans: Span[] = [{ text: " " }];
  let room = columns - 1;
  for (const [label, words] of keys) {
    const long = width(label) + 1 + width(words) + 2;
    if (long > room) break;
    spans.push({ text: label, tone: "key" }, { text: ` ${words}  `, tone: "dim" });
    room -= long;
  }
  return fitLine(spans, columns, "bar");
}

const inOverlay: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  filter: [
    ["Enter", "keep"],
    ["Esc", "as before"],
    ["!word", "all others"],
    ["-l key=value", "by label"],
  ],
  palette: [
    ["Enter", "do it"],
    ["Tab", "complete"],
    ["↑ ↓", "choose"],
    ["Esc", "back"],
  ],
  type: [
    ["Enter", "do it"],
    ["Esc", "back"],
  ],
  ask: [
    ["y", "yes"],
    ["n", "no"],
    ["Enter", "what is marked"],
    ["Ctrl-K", "copy the command"],
  ],
  leave: [
    ["y", "leave"],
    ["n", "stay"],
  ],
  choose: [
    ["j k", "choose"],
    ["Enter", "do it"],
    ["Ctrl-K", "copy the command"],
    ["Esc", "back"],
  ],
  jobs: [
    ["j k", "choose"],
    ["x", "stop it"],
    ["Esc", "back"],
  ],
  page: [
    ["j k", "scroll"],
    ["Y", "copy"],
    ["Esc", "back"],
  ],
  help: [
    ["j k", "scroll"],
    ["Esc", "back"],
  ],
};

function keysHere(state: State): readonly (readonly [string, string])[] {
  const { overlay } = state;
  if (overlay?.kind === "page" && overlay.then) return [["Enter", "apply it"], ...(inOverlay["page"] ?? [])];
  if (overlay) return inOverlay[overlay.kind] ?? [];
  const { view } = state;
  const subject = cursorRow(state)?.subject?.kind;
  const marked = view !== "logs" && state.lists[view].marks.size > 0;
  const here = keysFor(view, state.readOnly).filter(({ foot, on, group }) => {
    if (!foot?.includes(view) || (view === "logs" && group !== "pictl" && state.logs.of.length === 0)) return false;
    return on === undefined || marked || (subject !== undefined && on.includes(subject));
  });
  const always = here.filter(({ keys }) => keys.includes("?"));
  const others = here.filter((spec) => !always.includes(spec));
  const back = state.detail.focused || view === "logs" ? [["Esc", "back"] as const] : [];
  const elsewhere =
    view === "logs" && state.logs.of.length === 0 ? [["2", "containers"] as const, ["3", "nodes"] as const] : [];
  // Help is never what has no room.
  return [
    ...back,
    ...always.map(({ label, words }) => [label, words] as const),
    ...elsewhere,
    ...others.map(({ label, words, wordsIn }) => [label, wordsIn?.[view] ?? words] as const),
  ];
}

/** The line above it: what somebody types, what was just said, or the worst thing now, with what is being done. */
export function drawTelling(state: State): Line {
  const { columns } = state.size;
  const typed = typedLine(state);
  if (typed) return fitLine(typed, columns);
  if (state.notice) return fitLine([{ text: ` ${safe(state.notice.text)}`, tone: state.notice.tone }], columns);
  return apart(worst(state), jobsInHand(state), columns);
}

function typedLine({ overlay, size }: State): Line | undefined {
  const field = (prompt: string, text: string): Line => [
    { text: ` ${prompt}`, tone: "key" },
    { text: endOf(safe(text), size.columns - width(prompt) - 2) },
    { text: " ", ground: "cursor" },
  ];
  if (overlay?.kind === "filter") return field("/", overlay.text);
  if (overlay?.kind === "palette") return field(":", overlay.text);
  if (overlay?.kind === "type") return field(`${overlay.title} `, overlay.text);
  return undefined;
}

/** As much of its end as there is room for: there one writes. */
function endOf(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  const all = [...graphemes(text)];
  let shown = "";
  while (width(shown) + width(all.at(-1) ?? "") < columns - 1) shown = `${all.pop() ?? ""}${shown}`;
  return `…${shown}`;
}

function worst(state: State): Line {
  const found = concerns(state.model, state.nowMs);
  const filter = filterTold(state);
  const inPulse = state.view === "pulse";
  const row = inPulse ? cursorRow(state) : undefined;
  // In Pulse the list itself begins with the worst: what is under the cursor is told whole, with what helps.
  const first = found.find(({ id }) => id === row?.id) ?? found[0];
  if (!first) {
    const looking = [...state.model.nodes.values()].some((node) => node.state === "connecting");
    const told = looking ? " Looking at the nodes…" : " ✓ Everything is as it should be.";
    return [...filter, { text: told, tone: looking ? "dim" : "good" }];
  }
  const more = found.length > 1 && !inPulse ? ` (+${found.length - 1})` : "";
  const [sign, tone] = first.weight === 2 ? (["▲", "warn"] as const) : (["✗", "bad"] as const);
  const keys = inPulse
    ? first.helps.slice(0, state.size.columns < 60 ? 1 : undefined)
    : ([["!", "goes there"]] as const);
  const helps = keys.flatMap(([key, words]): Span[] => [
    { text: `  ${key}`, tone: "key" },
    { text: ` ${words}`, tone: "dim" },
  ]);
  const room = state.size.columns - lineWidth(helps) - lineWidth(filter) - width(more) - 4;
  const text = safe(`${first.what}: ${first.why}`);
  const shown = width(text) > room ? `${cut(text, room - 1)}…` : text;
  return [...filter, { text: ` ${sign} ${shown}${more}`, tone }, ...helps];
}

/** Somebody who has forgotten their filter would believe that things are gone. */
function filterTold(state: State): Line {
  if (state.view === "logs") return [];
  const { filter, marks } = state.lists[state.view];
  const count = shownRows(state, state.view).length;
  return [
    ...(filter === ""
      ? []
      : [
          { text: ` /${safe(filter)} `, tone: "accent" as const },
          { text: `shows ${count} `, tone: "dim" as const },
        ]),
    ...(marks.size === 0 ? [] : [{ text: ` ${marks.size} marked `, tone: "warn" as const }]),
  ];
}

function jobsInHand({ model, nowMs }: State): Line {
  const open = model.jobs.filter(({ state }) => state === "running");
  const [first] = open;
  if (!first) return [];
  const seconds = Math.floor((nowMs - first.startedAtMs) / 1000);
  const more = open.length > 1 ? ` +${open.length - 1}` : "";
  const progress = first.progress === null ? "" : `: ${first.progress}`;
  return [{ text: `◐ ${cut(safe(`${first.title}${progress}`), 60)} ${seconds} s${more} `, tone: "accent" }];
}

/** What the logs are read from, for their title. */
export function sinceTold(index: number): string {
  return sinces[index]?.label ?? "";
}
