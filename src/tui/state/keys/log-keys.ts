import { localTime } from "../../../view/text/units.ts";
import type { ListView } from "../../lists/index.ts";
import { chosen, chosenContainers, nothing } from "./act.ts";
import { freshLogs } from "../first.ts";
import { screenLayout } from "../screen/layout.ts";
import { notice } from "../overlays/overlays.ts";
import type { LogLine, LogState, State, Reduced } from "../types.ts";

/** How far back logs are read: what the digits mean there. */
export const sinces = [
  { label: "the last 200 lines of each", ms: undefined, tail: 200 },
  { label: "1 minute", ms: 60_000, tail: undefined },
  { label: "10 minutes", ms: 600_000, tail: undefined },
  { label: "1 hour", ms: 3_600_000, tail: undefined },
  { label: "24 hours", ms: 86_400_000, tail: undefined },
  { label: "all there is", ms: undefined, tail: undefined },
] as const;

/** So many lines are kept. */
const keptLines = 10_000;

/** Reads the logs of these containers and shows them. */
export function readLogsOf(state: State, of: readonly string[], since = state.logs.since): Reduced {
  const reading = state.logs.reading + 1;
  const { wrap, times } = state.logs;
  const range = sinces[since] ?? sinces[0];
  const back: ListView = state.view === "logs" ? state.back : state.view;
  return [
    {
      ...state,
      view: "logs",
      back,
      overlay: undefined,
      logs: { ...freshLogs, of, reading, since, wrap, times, state: "reading" },
    },
    [
      {
        kind: "logs",
        reading,
        of,
        sinceMs: range.ms === undefined ? undefined : state.nowMs - range.ms,
        tail: range.tail,
      },
    ],
  ];
}

/** Those of what is chosen: containers, or all of a node's. */
export function logsOfChosen(state: State): Reduced {
  const names = chosenContainers(state);
  if (names.length > 0) return readLogsOf(state, names);
  const nodes = chosen(state, "node").map(({ node }) => node);
  const on = nodes.flatMap((node) => [...(state.model.nodes.get(node)?.containers.values() ?? [])]);
  const there = on.filter(({ wanted }) => wanted).map(({ key }) => key);
  return there.length > 0 ? readLogsOf(state, there) : nothing(state, "container");
}

/** Lines that are shown, with the number that each has since the first one that was read. */
export function shownLines(
  logs: LogState,
): readonly { readonly line: LogLine; readonly number: number; readonly hit: boolean }[] {
  const kept = keptShown;
  if (kept?.lines === logs.lines && kept.filter === logs.filter && kept.context === logs.context) return kept.shown;
  const matches = matcher(logs.filter);
  const shown = logs.lines.flatMap((line, index) => {
    const hit = matches !== undefined && line.kind === "line" && matches(line);
    const there = matches === undefined || logs.context || hit || line.kind === "note";
    return there ? [{ line, number: logs.dropped + index, hit }] : [];
  });
  keptShown = { lines: logs.lines, filter: logs.filter, context: logs.context, shown };
  return shown;
}

/** The last answer: a frame and a key ask for the same. */
let keptShown:
  | { lines: LogState["lines"]; filter: string; context: boolean; shown: ReturnType<typeof shownLines> }
  | undefined;

/** `error`, `!debug`, or a regular expression between slashes. */
function matcher(filter: string): ((line: Extract<LogLine, { kind: "line" }>) => boolean) | undefined {
  const wanted = filter.trim();
  if (wanted === "" || wanted === "!") return undefined;
  const inverse = wanted.startsWith("!");
  const word = wanted.slice(inverse ? 1 : 0).toLowerCase();
  return (line) => `${line.line} ${line.container}@${line.node}`.toLowerCase().includes(word) !== inverse;
}

/** Lines of the logs that are on the screen. */
export function logRoom(state: State): number {
  return Math.max(1, screenLayout(state.size, "logs").rows - 1);
}

/** Up or down; at the end it follows again. */
export function scrollLogs(state: State, by: number): State {
  const { logs } = state;
  const shown = shownLines(logs);
  if (shown.length === 0) return state;
  const at = logs.follow ? shown.length - 1 : indexAt(shown, logs.cursor);
  const next = Math.max(0, Math.min(at + by, shown.length - 1));
  const follow = by > 0 && next === shown.length - 1;
  return { ...state, logs: { ...logs, follow, cursor: shown[next]?.number ?? 0 } };
}

/** Where the cursor's line is among those shown, or the next one there is. */
export function indexAt(shown: ReturnType<typeof shownLines>, cursor: number): number {
  const found = shown.findIndex(({ number }) => number >= cursor);
  return found === -1 ? Math.max(0, shown.length - 1) : found;
}

export function nextHit(state: State, forward: boolean): Reduced {
  const { logs } = state;
  const shown = shownLines(logs);
  const at = logs.follow ? shown.length - 1 : indexAt(shown, logs.cursor);
  const order = forward ? shown.slice(at + 1) : shown.slice(0, at).toReversed();
  const found = order.find(({ hit }) => hit);
  if (!found)
    return [notice(state, logs.filter === "" ? "Search first: / and a word." : "No further hit.", "warn"), []];
  return [{ ...state, logs: { ...logs, follow: false, cursor: found.number } }, []];
}

const keep =
  (change: (logs: LogState) => Partial<LogState>) =>
  (state: State): Reduced => [{ ...state, logs: { ...state.logs, ...change(state.logs) } }, []];

export const toggleFollow = keep((logs) => {
  const shown = shownLines(logs);
  return { follow: !logs.follow, cursor: shown.at(-1)?.number ?? 0 };
});
export const toggleWrap = keep(({ wrap }) => ({ wrap: !wrap }));
export const toggleTimes = keep(({ times }) => ({ times: !times }));

/** The line under the cursor among those around it, or only what the filter names again. */
export const toggleContext = keep((logs) => {
  const shown = shownLines(logs);
  const at = logs.follow ? shown.length - 1 : indexAt(shown, logs.cursor);
  return { context: !logs.context, follow: false, cursor: shown[at]?.number ?? 0 };
});

/** A line of one's own, to see later what came after it. */
export function setMarker(state: State): Reduced {
  const time = localTime(new Date(state.nowMs).toISOString()).slice(11);
  return [withLines(state, [{ kind: "note", text: `──── ${time} ────`, tone: "accent" }]), []];
}

export function withLines(state: State, lines: readonly LogLine[]): State {
  const { logs } = state;
  const all = [...logs.lines, ...lines];
  const over = Math.max(0, all.length - keptLines);
  return { ...state, logs: { ...logs, lines: over > 0 ? all.slice(over) : all, dropped: logs.dropped + over } };
}

export function saveLogs(state: State): Reduced {
  const lines = shownLines(state.logs).map(({ line }) => plainLine(line));
  return lines.length === 0
    ? [notice(state, "There is no line to save.", "warn"), []]
    : [state, [{ kind: "save", lines }]];
}

function plainLine(line: LogLine): string {
  return line.kind === "note" ? line.text : `${line.time} ${line.container}@${line.node} ${line.line}`;
}

export function leaveLogs(state: State): Reduced {
  return [{ ...state, view: state.back }, []];
}
