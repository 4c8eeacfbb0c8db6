import { plural } from "../../domain/text.ts";
import { groupTitles, keySpecs } from "../state/keys/keys.ts";
import { lineOf } from "../state/keys/act.ts";
import { suggestions } from "../state/overlays/palette.ts";
import type { Overlay, State } from "../state/types.ts";
import { drawJobs } from "./jobs.ts";
import type { Line, Span } from "./line.ts";
import { fitLine, lay, lineWidth, wrapped } from "./spans.ts";
import { fit, safe, width } from "./text.ts";

/** The body with what lies above it. */
export function withOverlay(
  state: State,
  body: readonly Line[],
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const { overlay } = state;
  switch (overlay?.kind) {
    case undefined:
    case "filter":
    case "type":
      return body;
    case "palette":
      return atBottom(body, paletteLines(state, overlay, room), room);
    case "ask":
    case "leave":
      return centred(body, askLines(state, overlay, room.columns), room);
    case "choose":
      return centred(body, chooseLines(overlay, room), room);
    case "jobs":
      return drawJobs(state, overlay.index, room);
    case "page":
      return scrolled(
        overlay.title,
        overlay.lines.flatMap((line) => pageLine(line, room.columns)),
        overlay.scroll,
        room,
      );
    case "help":
      return scrolled("Keys", helpLines(state, room.columns), overlay.scroll, room);
  }
}

/** One line of a page, in as many as it needs; only its first look is kept when it is broken. */
function pageLine(line: Line, columns: number): readonly Line[] {
  const clean = line.map((span) => ({ ...span, text: safe(span.text) }));
  if (lineWidth(clean) <= columns - 2) return [clean];
  const text = clean.map((span) => span.text).join("");
  const indent = /^ */.exec(text)?.[0] ?? "";
  return wrapped(text, columns - 2).map((part, index) => [
    { text: index === 0 ? part : `${indent}  ${part}`, tone: clean[0]?.tone },
  ]);
}

function scrolled(
  title: string,
  lines: readonly Line[],
  scroll: number,
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const space = room.rows - 1;
  const from = Math.max(0, Math.min(scroll, lines.length - space));
  const more = from + space < lines.length ? `  ↓ ${plural(lines.length - from - space, "more line")}` : "";
  return [
    fitLine(
      [
        { text: ` ${safe(title)}`, tone: "strong" },
        { text: more, tone: "dim" },
      ],
      room.columns,
      "bar",
    ),
    ...lines.slice(from, from + space).map((line): Line => [{ text: " " }, ...line]),
  ];
}

function paletteLines(
  state: State,
  overlay: Extract<Overlay, { kind: "palette" }>,
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const offered = suggestions(state, overlay.text);
  const most = Math.min(12, room.rows - 1);
  const index = Math.min(overlay.index, Math.max(0, offered.length - 1));
  const from = Math.max(0, Math.min(index - most + 3, offered.length - most));
  const shown = offered.slice(from, from + most);
  const names = Math.min(34, Math.max(0, ...shown.map((each) => width(each.shown))));
  return shown.map((each, at) => {
    const here = from + at === index;
    const ground = here ? "cursor" : "box";
    return fitLine(
      [
        { text: ` ${fit(safe(each.shown), names)}  `, tone: here ? "strong" : "key", ground },
        { text: safe(each.note), tone: "dim", ground },
      ],
      room.columns,
      ground,
    );
  });
}

function askLines(
  state: State,
  overlay: Extract<Overlay, { kind: "ask" | "leave" }>,
  columns: number,
): readonly Line[] {
  const room = Math.min(72, columns - 6);
  const line = overlay.kind === "ask" && "operation" in overlay.then ? lineOf(state, overlay.then) : undefined;
  const button = (text: string, on: boolean): Span => ({
    text: on ? `[ ${text} ]` : `  ${text}  `,
    tone: "strong",
    ground: on ? "cursor" : "box",
  });
  return [
    ...wrapped(safe(overlay.question), room).map((text): Line => [{ text, tone: "strong" }]),
    ...(line === undefined ? [] : [[], ...wrapped(safe(line), room).map((text): Line => [{ text, tone: "dim" }])]),
    [],
    [button("No", !overlay.yes), { text: "   " }, button("Yes", overlay.yes)],
  ];
}

/** Of a line of a choice, what is neither its text nor its note. */
const besideTexts = 5;

function chooseLines(
  { title, items, index }: Extract<Overlay, { kind: "choose" }>,
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const longest = Math.max(0, ...items.map(({ text }) => width(safe(text))));
  const widest = Math.max(...items.map(({ note }) => longest + width(safe(note)) + besideTexts), width(title));
  const columns = Math.min(100, room.columns - 6, widest);
  const most = Math.max(1, room.rows - 6);
  const from = Math.max(0, Math.min(index - Math.floor(most / 2), items.length - most));
  const shown = items.slice(from, from + most);
  const names = Math.min(Math.ceil(columns * 0.6), Math.max(0, ...shown.map(({ text }) => width(safe(text)))));
  const rows = shown.map(({ text, note, then, copy }, at): Line => {
    const here = from + at === index;
    const can = then !== undefined || copy !== undefined;
    const sign = can ? "●" : "✗";
    const ground = here ? "cursor" : "box";
    return fitLine(
      [
        { text: `${here ? "▌" : " "}${copy === undefined ? `${sign} ` : ""}`, tone: can ? "good" : "bad", ground },
        { text: `${fit(safe(text), names)}  `, tone: can ? "strong" : "dim", ground },
        { text: safe(note), tone: "dim", ground },
      ],
      columns,
      ground,
    );
  });
  const more =
    items.length > shown.length ? [[{ text: `  ${items.length - shown.length} more`, tone: "dim" } as const]] : [];
  // What does not fit into a line is read here whole.
  const chosen = items[index];
  const note =
    chosen && width(safe(chosen.note)) + names + besideTexts > columns
      ? [[], ...wrapped(safe(chosen.note), columns).map((text): Line => [{ text }])]
      : [];
  return [[{ text: safe(title), tone: "strong" }], [], ...rows, ...more, ...note];
}

/** All keys, also those of other views: who wants to know how to stop a container may be anywhere. */
function helpLines(state: State, columns: number): readonly Line[] {
  const specs = keySpecs.filter(({ changes }) => !(state.readOnly && changes));
  const label = 18;
  const groups = Object.entries(groupTitles);
  const inLogs = groups.filter(([group]) => group === "logs" && state.view === "logs");
  return [...inLogs, ...groups.filter((group) => !inLogs.includes(group))].flatMap(([group, title]): Line[] => {
    const here = specs.filter((spec) => spec.group === group);
    if (here.length === 0) return [];
    const rows = here.flatMap((spec) =>
      wrapped(spec.help, columns - label - 4).map((text, index): Line => [
        { text: fit(index === 0 ? `  ${spec.label}` : "", label), tone: "key" },
        { text },
      ]),
    );
    return [[{ text: title, tone: "accent" }], ...rows, []];
  });
}

function boxed(lines: readonly Line[], columns: number): readonly Line[] {
  const inner = Math.min(columns - 4, Math.max(...lines.map(lineWidth)));
  const edge = (left: string, right: string): Line => [
    { text: `${left}${"─".repeat(inner + 2)}${right}`, tone: "accent", ground: "box" },
  ];
  const side: Span = { text: "│", tone: "accent", ground: "box" };
  return [
    edge("┌", "┐"),
    ...lines.map((line): Line => [
      side,
      { text: " ", ground: "box" },
      ...fitLine(line, inner, "box"),
      { text: " ", ground: "box" },
      side,
    ]),
    edge("└", "┘"),
  ];
}

function centred(
  body: readonly Line[],
  lines: readonly Line[],
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const box = boxed(lines, room.columns).slice(0, room.rows);
  const column = Math.max(0, Math.floor((room.columns - lineWidth(box[0] ?? [])) / 2));
  return placed(body, box, { row: Math.max(0, Math.floor((room.rows - box.length) / 3)), column }, room);
}

function atBottom(
  body: readonly Line[],
  lines: readonly Line[],
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  return placed(body, lines, { row: Math.max(0, room.rows - lines.length), column: 0 }, room);
}

function placed(
  body: readonly Line[],
  box: readonly Line[],
  at: { readonly row: number; readonly column: number },
  room: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  return Array.from({ length: room.rows }, (_, row): Line => {
    const over = box[row - at.row];
    return over ? lay(body[row] ?? [], over, at.column, room.columns) : (body[row] ?? []);
  });
}
