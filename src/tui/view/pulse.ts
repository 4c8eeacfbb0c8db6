import type { LiveNode } from "../../watch/model.ts";
import { localTime } from "../../view/text/units.ts";
import { eventPlace } from "../lists/events.ts";
import { changeOf } from "../lists/event-facts.ts";
import { cpuShare, diskPercent, heat, memoryPercent } from "../lists/nodes.ts";
import { holder, isWell } from "../lists/vips.ts";
import { nodeSign, nodeState, percent } from "../lists/words.ts";
import { screenLayout, leastBelow } from "../state/screen/layout.ts";
import { shownRows } from "../state/screen/rows.ts";
import type { State } from "../state/types.ts";
import type { Line, Span } from "./line.ts";
import { drawList } from "./list.ts";
import { fitLine } from "./spans.ts";
import { fit, safe } from "./text.ts";

/** What is wrong, and below it how the nodes are and what happened last. */
export function drawPulse(state: State, room: { readonly columns: number; readonly rows: number }): readonly Line[] {
  const { listRows } = screenLayout(state.size, "pulse");
  const count = shownRows(state, "pulse").length;
  const top = drawList(state, "pulse", { columns: room.columns, rows: Math.min(listRows, Math.max(1, count)) + 1 });
  const left = room.rows - top.length;
  if (left < leastBelow) return top;
  const beside = room.columns >= 110;
  const half = beside ? Math.floor(room.columns * 0.55) : room.columns;
  const nodes = nodeLines(state, half);
  if (!beside) {
    const forNodes = Math.min(nodes.length, Math.max(2, Math.ceil(left * 0.6)));
    const rest = left - forNodes;
    // Events have a blank line and a heading of their own: with less room than for two of them, the nodes have it all.
    return rest < 4
      ? [...top, ...limited(nodes, left)]
      : [...top, ...limited(nodes, forNodes), ...eventLines(state, rest)];
  }
  const [a, b] = [limited(nodes, left), eventLines(state, left)];
  const below = Array.from({ length: Math.max(a.length, b.length) }, (_, index): Line => [
    ...fitLine(a[index] ?? [], half),
    ...fitLine(b[index] ?? [], room.columns - half),
  ]);
  return [...top, ...below];
}

function heading(text: string): Line {
  return [{ text: ` ${text}`, tone: "accent" }];
}

function limited(lines: readonly Line[], rows: number): readonly Line[] {
  if (lines.length <= rows) return lines;
  return [
    ...lines.slice(0, rows - 1),
    [{ text: `   … and ${lines.length - rows + 1} more: 3 lists them all`, tone: "dim" }],
  ];
}

function nodeLines(state: State, columns: number): readonly Line[] {
  const nodes = [...state.model.nodes.values()];
  const order = (node: LiveNode): number => (nodeSign(node)[1] === "bad" ? 0 : 1);
  const width = Math.min(
    18,
    Math.max(
      4,
      ...nodes.map(({ node }) => node.length),
      ...[...state.model.vips.values()].map(({ name }) => name.length),
    ),
  );
  return [
    [],
    heading("NODES"),
    ...nodes.toSorted((a, b) => order(a) - order(b)).map((node) => nodeLine(node, width, columns)),
    ...[...state.model.vips.values()].map((vip): Line => [
      { text: ` ${isWell(vip) ? "●" : "✗"} `, tone: isWell(vip) ? "good" : "bad" },
      { text: `${fit(safe(vip.name), width)} `, tone: "strong" },
      { text: `virtual IP on ${safe(holder(vip))}`, tone: isWell(vip) ? "plain" : "bad" },
    ]),
  ];
}

/** So much of a line is no gauge: sign, state, how many run. */
const besideGauges = 24;
/** Of one gauge but its bar: the name, the number, blanks. */
const besideBar = 12;

function nodeLine(node: LiveNode, width: number, columns: number): Line {
  const [sign, tone] = nodeSign(node);
  const { facts } = node;
  const base: Span[] = [
    { text: ` ${sign} `, tone },
    { text: `${fit(safe(node.node), width)} `, tone: "strong" },
    { text: fit(nodeState(node), 11), tone },
  ];
  if (node.state !== "answering") return base;
  const room = columns - width - besideGauges;
  const values = [
    ["cpu", cpuShare(node)],
    ["mem", memoryPercent(node)],
    ["disk", diskPercent(node)],
  ] as const;
  const count = Math.max(1, Math.min(values.length, Math.floor(room / (besideBar + 4))));
  const cells = Math.max(3, Math.min(12, Math.floor(room / count) - besideBar));
  return [
    ...base,
    ...values.slice(0, count).flatMap(([name, value]) => gauge(name, value, cells)),
    { text: facts.containersRunning === null ? "" : ` ${facts.containersRunning} run`, tone: "dim" },
  ];
}

/** A bar, with its number: the bar alone would be a picture without meaning for who cannot see it well. */
function gauge(name: string, value: number | null | undefined, cells: number): readonly Span[] {
  const full = value == null ? 0 : Math.round((Math.min(value, 100) / 100) * cells);
  return [
    { text: `${name} `, tone: "dim" },
    { text: "█".repeat(full), tone: heat(value) ?? "good" },
    { text: "░".repeat(cells - full), tone: "dim" },
    {
      text: fit(value == null ? "-" : percent(Math.round(value)).replace(".0", ""), 6, "right") + " ",
      tone: heat(value) ?? "plain",
    },
  ];
}

function eventLines({ model }: State, rows: number): readonly Line[] {
  const events = model.events.slice(-Math.max(0, rows - 2)).toReversed();
  return [
    [],
    heading("LAST EVENTS"),
    ...(events.length === 0 ? [[{ text: "   Nothing has happened yet.", tone: "dim" } as const]] : []),
    ...events.map((event): Line => [
      { text: ` ${localTime(event.time).slice(11)} `, tone: "dim" },
      { text: `${safe(event.type)} `, tone: event.error === undefined ? "plain" : "bad" },
      { text: `${safe(eventPlace(event))} `, tone: "strong" },
      { text: safe(changeOf(event)), tone: event.error === undefined ? "dim" : "bad" },
    ]),
  ];
}
