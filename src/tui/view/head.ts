import type { LiveNode, Model } from "../../watch/model.ts";
import { titles, views } from "../lists/index.ts";
import { holder, isWell } from "../lists/vips.ts";
import { lasting, since } from "../lists/words.ts";
import { screenLayout } from "../state/screen/layout.ts";
import { tabPlaces } from "../state/screen/tabs.ts";
import type { State } from "../state/types.ts";
import type { Line, Span, LineTone } from "./line.ts";
import { fitLine, lineWidth } from "./spans.ts";
import { safe } from "./text.ts";

/** Three looks at a node may be missing. */
const staleMs = 15_000;

interface Part {
  readonly spans: Line;
  /** What is left of it where there is no room for all. */
  readonly short?: Line;
  /** The greater, the sooner it goes. */
  readonly rank: number;
}

/** The first line: which cluster, how much of it is as it should be, and how old that is. */
export function drawHead(state: State): Line {
  const { columns } = state.size;
  const right = ageOf(state);
  let parts = partsOf(state);
  const room = columns - lineWidth(right) - 1;
  const tooWide = (): boolean => parts.reduce((sum, { spans }) => sum + lineWidth(spans) + 3, 0) > room;
  while (parts.length > 1 && tooWide()) {
    // First all is told in fewer words, then the least needed is not told.
    const shortened = parts.filter(({ short }) => short);
    const most = Math.max(...(shortened.length > 0 ? shortened : parts).map(({ rank }) => rank));
    parts = parts.flatMap((part) => {
      if (part.rank !== most) return [part];
      return part.short ? [{ spans: part.short, rank: part.rank }] : [];
    });
  }
  const left = parts.flatMap(({ spans }, index): Span[] => [
    { text: index === 0 ? " " : "   ", ground: "bar" },
    ...spans,
  ]);
  return fitLine([...fitLine(left, Math.max(0, room), "bar"), ...right], columns, "bar");
}

function partsOf(state: State): readonly Part[] {
  const { model } = state;
  const nodes = [...model.nodes.values()];
  const up = nodes.filter((node) => node.state === "answering").length;
  const connecting = nodes.some((node) => node.state === "connecting");
  const counts = nodes.map(countsOn);
  const wanted = counts.reduce((sum, each) => sum + each.wanted, 0);
  const well = counts.reduce((sum, each) => sum + each.well, 0);
  const count = (name: string, part: number, all: number): Line => [
    { text: `${name} `, tone: "dim" },
    { text: `${part}/${all}`, tone: part === all ? "good" : connecting ? "warn" : "bad" },
  ];
  const number = (text: string, part: number, all: number): Line => [
    { text: `${part}/${all}`, tone: part === all ? "good" : connecting ? "warn" : "bad" },
    { text, tone: "dim" },
  ];
  const { narrow } = screenLayout(state.size, state.view);
  const view = titles[state.view];
  return [
    // Without the line of the views somebody has to know where they are, rather than in which cluster.
    narrow
      ? { rank: 0, spans: [{ text: `${views.indexOf(state.view) + 1} ${view}`, tone: "accent" }] }
      : {
          rank: 0,
          spans: [
            { text: "pictl ", tone: "accent" },
            { text: safe(model.cluster), tone: "strong" },
          ],
        },
    ...(state.readOnly ? [{ rank: 1, spans: [{ text: "read-only", tone: "warn" } as const] }] : []),
    { rank: 1, spans: count("nodes", up, nodes.length), short: number(" up", up, nodes.length) },
    { rank: 2, spans: count("containers", well, wanted), short: number(" run", well, wanted) },
    ...[...model.vips.values()].slice(0, 1).map((vip): Part => {
      const held =
        vip.since === null || vip.holders.length !== 1 ? "" : ` for ${since(Date.parse(vip.since), state.nowMs)}`;
      const others = model.vips.size > 1 ? ` +${model.vips.size - 1}` : "";
      const tone: LineTone = isWell(vip) ? "good" : "bad";
      const told = (text: string, name: string): Line => [
        { text: `${name} `, tone: "dim" },
        { text: `${safe(holder(vip))}${text}`, tone },
      ];
      return { rank: 4, spans: told(`${held}${others}`, safe(vip.name)), short: told(others, "VIP") };
    }),
    { rank: 5, spans: daemonOf(model, state.nowMs), short: daemonOf(model, undefined) },
  ];
}

interface Counts {
  readonly wanted: number;
  readonly well: number;
}

const counted = new WeakMap<LiveNode, Counts>();

/** Counted once for a node as it is. */
function countsOn(node: LiveNode): Counts {
  let counts = counted.get(node);
  if (!counts) {
    const wanted = [...node.containers.values()].filter((row) => row.wanted && row.stopped === null);
    const well = wanted.filter(({ state }) => state === "running" || state === "done");
    counted.set(node, (counts = { wanted: wanted.length, well: well.length }));
  }
  return counts;
}

/** Without a time, without the last round. */
function daemonOf({ daemon, heartbeat, config }: Model, nowMs: number | undefined): Line {
  if (daemon.row === null)
    return [{ text: "no daemon here", tone: config.config.heartbeat.automatic ? "warn" : "dim" }];
  const round =
    heartbeat.lastRoundAtMs === null || nowMs === undefined
      ? ""
      : `, round ${since(heartbeat.lastRoundAtMs, nowMs)} ago`;
  const tone: LineTone = daemon.failures.length > 0 ? "bad" : "good";
  return [
    { text: "daemon ", tone: "dim" },
    { text: `${daemon.failures.length > 0 ? "stuck" : "runs"}${round}`, tone },
  ];
}

/** Of the oldest thing that a node which answers has told. */
function ageOf(state: State): Line {
  const { model, nowMs } = state;
  const seen = [...model.nodes.values()].flatMap((node) =>
    node.state === "answering" && node.seenAtMs !== null ? [node.seenAtMs] : [],
  );
  if (seen.length === 0) return [{ text: "no data yet ", tone: "warn", ground: "bar" }];
  const ageMs = Math.max(0, nowMs - Math.min(...seen));
  const told = state.size.columns < 60 ? lasting(ageMs) : `data ${lasting(ageMs)}`;
  return [{ text: `${told} old `, tone: ageMs > staleMs ? "bad" : "dim", ground: "bar" }];
}

/** The second line: the views. */
export function drawTabs(state: State): Line {
  return tabPlaces(state).flatMap(({ view, text }): Span[] => {
    const here = view === state.view;
    const number = /^ ?\d/.exec(text)?.[0] ?? "";
    const ground = here ? "cursor" : undefined;
    return [
      { text: number, tone: "key", ground },
      { text: text.slice(number.length), tone: here ? "strong" : "dim", ground },
    ];
  });
}
