import type { PictlEvent } from "../../domain/events/event.ts";
import type { Model } from "../../watch/model.ts";
import { duration, localTime } from "../../view/text/units.ts";
import { changeOf } from "./event-facts.ts";
import { type Fact, listView, type Row, type RowSubject } from "./list.ts";

interface EventLine extends Row {
  readonly event: PictlEvent;
}

/** The newest first. */
function rows(model: Model): readonly EventLine[] {
  const seen = new Map<string, number>();
  return model.events
    .map((event): EventLine => {
      // Several may have come in one millisecond.
      const name = `${event.time} ${event.type} ${eventPlace(event)}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return { id: `${name} ${count}`, subject: subjectOf(event), event };
    })
    .reverse();
}

export const eventsList = listView<EventLine>({
  rows,
  title: ({ event }) => [event.type, eventPlace(event)].filter((each) => each !== "-").join(" "),
  text: ({ event }) =>
    `${event.type} ${eventPlace(event)} ${event.who} ${event.cause ?? ""} ${changeOf(event)}`.toLowerCase(),
  empty: () => "Nothing has happened yet: what pictl changes is told here.",
  columns: [
    {
      title: "",
      value: ({ event }) => (event.error === undefined ? "·" : "✗"),
      tone: ({ event }) => (event.error === undefined ? "dim" : "bad"),
      min: 1,
      max: 1,
      rank: 0,
    },
    { title: "WHEN", value: ({ event }, { nowMs }) => when(event.time, nowMs), min: 8, max: 14, rank: 0 },
    {
      title: "WHAT",
      value: ({ event }) => event.type,
      tone: ({ event }) => (event.error === undefined ? undefined : "bad"),
      min: 12,
      max: 24,
      rank: 0,
      sort: ({ event }) => event.type,
    },
    {
      title: "WHERE",
      value: ({ event }) => eventPlace(event),
      min: 8,
      max: 24,
      rank: 0,
      sort: ({ event }) => eventPlace(event),
    },
    {
      title: "CHANGE",
      value: ({ event }) => changeOf(event),
      tone: ({ event }) => (event.error === undefined ? undefined : "bad"),
      min: 12,
      max: 70,
      rank: 1,
    },
    {
      title: "WHO",
      value: ({ event }) => event.who,
      tone: () => "dim",
      min: 8,
      max: 24,
      rank: 3,
      sort: ({ event }) => event.who,
    },
  ],
  tabs: [{ title: "Details", lines: details }],
});

export function eventPlace({ container, node, vip }: PictlEvent): string {
  if (container !== undefined && node !== undefined) return `${container}@${node}`;
  return container ?? vip ?? node ?? "-";
}

function subjectOf({ container, node, vip }: PictlEvent): RowSubject | undefined {
  if (container !== undefined && node !== undefined) return { kind: "container", container, node };
  if (vip !== undefined) return { kind: "vip", vip };
  return node === undefined ? undefined : { kind: "node", node };
}

function details({ event }: EventLine): readonly Fact[] {
  const { time, type, who, cause, durationMs, error, before, after, face, job } = event as PictlEvent & {
    readonly face?: string;
    readonly job?: string;
  };
  return [
    { name: "what", value: type },
    { name: "when", value: `${localTime(time)} (${time})` },
    { name: "where", value: eventPlace(event) },
    { name: "who", value: who },
    ...(cause === undefined ? [] : [{ name: "cause", value: cause }]),
    ...(face === undefined ? [] : [{ name: "through", value: face }]),
    ...(job === undefined ? [] : [{ name: "job", value: job }]),
    ...(durationMs === undefined ? [] : [{ name: "took", value: duration(durationMs) }]),
    ...(error === undefined ? [] : [{ name: "error", value: error, tone: "bad" } as const]),
    ...(before == null ? [] : [{ name: "before", value: JSON.stringify(before) }]),
    ...(after == null ? [] : [{ name: "after", value: JSON.stringify(after) }]),
  ];
}

/** Without the day where it is today's: that is most of what one looks at. */
export function when(time: string, nowMs: number): string {
  const [at, now] = [localTime(time), localTime(new Date(nowMs).toISOString())];
  return at.slice(0, 10) === now.slice(0, 10) ? at.slice(11) : at.slice(5);
}
