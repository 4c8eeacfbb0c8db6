import { plural } from "../../domain/text.ts";
import { when } from "../lists/events.ts";
import { indexAt, shownLines } from "../state/keys/log-keys.ts";
import type { LogLine, LogState, State } from "../state/types.ts";
import { sinceTold } from "./foot.ts";
import type { Line, Span, LineTone } from "./line.ts";
import { fitLine, wrapped } from "./spans.ts";
import { cut, fit, graphemes, safe, width } from "./text.ts";

const hues: readonly LineTone[] = ["hue0", "hue1", "hue2", "hue3", "hue4", "hue5"];
/** Longer names are cut, and sooner where there is less room: the line is what is read. */
const longestName = 24;

/** The logs: a title, and the lines. */
export function drawLogs(state: State, room: { readonly columns: number; readonly rows: number }): readonly Line[] {
  const { logs } = state;
  if (logs.of.length === 0) {
    const text =
      "No log is read. L on a container shows its log, on a node those of all its containers; marks take several.";
    return [[], ...wrapped(text, room.columns - 4).map((each): Line => [{ text: `  ${each}` }])];
  }
  const shown = shownLines(logs);
  const space = room.rows - 1;
  const names = Math.min(longestName, Math.floor(room.columns / 3), Math.max(0, ...logs.of.map(width)));
  const cursor = logs.follow ? shown.length - 1 : indexAt(shown, logs.cursor);
  const drawn = (index: number): readonly Line[] => {
    const each = shown[index];
    if (!each) return [];
    const here = !logs.follow && index === cursor;
    return logLines(each.line, logs, { columns: room.columns, names, here, nowMs: state.nowMs });
  };
  return [
    title(state, shown.length, room.columns),
    ...windowOf(drawn, { cursor, count: shown.length, space, top: logs.follow ? undefined : indexAt(shown, logs.top) }),
  ];
}

/** As many lines as there is room for, with the one under the cursor among them. */
function windowOf(
  drawn: (index: number) => readonly Line[],
  {
    cursor,
    count,
    space,
    top,
  }: { readonly cursor: number; readonly count: number; readonly space: number; readonly top: number | undefined },
): readonly Line[] {
  const lines: (readonly Line[])[] = [];
  let rows = 0;
  if (top === undefined || top > cursor) {
    for (let index = cursor; index >= 0 && rows < space; index -= 1) {
      const each = drawn(index);
      lines.unshift(each);
      rows += each.length;
    }
    return lines.flat().slice(-space);
  }
  for (let index = top; index < count && (rows < space || index <= cursor); index += 1) {
    const each = drawn(index);
    lines.push(each);
    rows += each.length;
    // What is wrapped takes more rows: the cursor stays in sight.
    while (rows > space && index <= cursor && lines.length > 1) rows -= lines.shift()?.length ?? 0;
  }
  return lines.flat().slice(0, space);
}

function title({ logs }: State, count: number, columns: number): Line {
  const most = columns < 60 ? 1 : 3;
  const first = logs.of.slice(0, most).join(" ");
  const names = logs.of.length <= most ? first : `${first} and ${logs.of.length - most} more`;
  const on = [
    logs.follow ? "follows" : "stands still",
    logs.wrap ? "wrapped" : "",
    logs.times ? "times" : "",
    logs.context ? "in context" : "",
  ];
  const state = logs.state === "reading" ? "reading…" : logs.state === "ended" ? "ended" : "";
  return fitLine(
    [
      { text: ` ${safe(names)} `, tone: "strong" },
      {
        text: ` ${[state, ...on, plural(count, "line"), sinceTold(logs.since)].filter(Boolean).join(", ")} `,
        tone: "dim",
      },
      ...(logs.filter === "" ? [] : [{ text: ` /${safe(logs.filter)} `, tone: "accent" as const }]),
    ],
    columns,
    "bar",
  );
}

function logLines(
  line: LogLine,
  logs: LogState,
  {
    columns,
    names,
    here,
    nowMs,
  }: { readonly columns: number; readonly names: number; readonly here: boolean; readonly nowMs: number },
): readonly Line[] {
  const ground: Span["ground"] = here ? "cursor" : undefined;
  if (line.kind === "note") {
    const texts = logs.wrap ? wrapped(safe(line.text), columns - 1) : [safe(line.text)];
    return texts.map((text) => fitLine([{ text: ` ${text}`, tone: line.tone, ground }], columns, ground));
  }
  const name = `${line.container}@${line.node}`;
  const prefix: Span[] = [
    ...(logs.of.length > 1
      ? [{ text: `${fit(safe(name), names)} `, tone: hues[hueOf(name, logs.of)] ?? "accent", ground }]
      : []),
    ...(logs.times ? [{ text: `${when(line.time, nowMs)} `, tone: "dim" as const, ground }] : []),
  ];
  const indent = prefix.reduce((sum, { text }) => sum + width(text), 0) + 1;
  const text = safe(line.line.replace(/\r$/, ""));
  const room = Math.max(8, columns - indent);
  const pieces = logs.wrap ? pieced(text, room) : [text];
  const tone: LineTone = line.stream === "stderr" ? "warn" : "plain";
  return pieces.map((piece, index) =>
    fitLine(
      [
        { text: here ? "▌" : " ", tone: "accent", ground },
        ...(index === 0 ? prefix : [{ text: " ".repeat(indent - 1), ground }]),
        ...hits(piece, logs.filter, tone, ground),
      ],
      columns,
      ground,
    ),
  );
}

function hueOf(name: string, of: readonly string[]): number {
  return Math.max(0, of.indexOf(name)) % hues.length;
}

function pieced(text: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  do {
    const piece = cut(rest, room) || ([...graphemes(rest)][0] ?? "");
    pieces.push(piece);
    rest = rest.slice(piece.length);
  } while (rest !== "");
  return pieces;
}

/** The text with what was searched for marked in it. */
function hits(text: string, filter: string, tone: LineTone, ground: Span["ground"]): readonly Span[] {
  const word = filter.trim().toLowerCase();
  if (word === "" || word.startsWith("!")) return [{ text, tone, ground }];
  const spans: Span[] = [];
  const small = text.toLowerCase();
  // Some letters have another length when they are small, and then nothing can be marked.
  if (small.length !== text.length) return [{ text, tone, ground }];
  let at = 0;
  for (let hit = small.indexOf(word); hit !== -1; hit = small.indexOf(word, at)) {
    spans.push(
      { text: text.slice(at, hit), tone, ground },
      { text: text.slice(hit, hit + word.length), tone: "strong", ground: "mark" },
    );
    at = hit + word.length;
  }
  return [...spans, { text: text.slice(at), tone, ground }];
}
