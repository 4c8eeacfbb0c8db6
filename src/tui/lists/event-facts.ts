import type { PictlEvent } from "../../domain/events/event.ts";
import { localTime } from "../../view/text/units.ts";
import type { Fact, RowSight } from "./list.ts";

/** The last events of a container, the newest first. */
export function containerEvents(
  { container, node }: { readonly container: string; readonly node: string },
  { model }: RowSight,
): readonly Fact[] {
  return facts(
    model.events.filter((event) => event.container === container && (event.node === undefined || event.node === node)),
  );
}

export function nodeEvents(node: string, { model }: RowSight): readonly Fact[] {
  return facts(model.events.filter((event) => event.node === node));
}

export function vipEvents(vip: string, { model }: RowSight): readonly Fact[] {
  return facts(model.events.filter((event) => event.vip === vip));
}

const most = 100;

function facts(events: readonly PictlEvent[]): readonly Fact[] {
  if (events.length === 0) return [{ text: "Nothing in the log of late." }];
  return events
    .slice(-most)
    .toReversed()
    .flatMap((event): Fact[] => [
      {
        name: localTime(event.time).slice(5),
        value: `${event.type} ${changeOf(event)}`.trim(),
        ...(event.error === undefined ? {} : { tone: "bad" }),
      },
    ]);
}

/** Why it failed, or what was before and is now. */
export function changeOf({ error, before, after }: PictlEvent): string {
  if (error !== undefined) return error.split("\n")[0] ?? "";
  if (before == null && after == null) return "";
  if (before == null) return short(after);
  return after === undefined ? `was ${short(before)}` : `${short(before)} → ${short(after)}`;
}

function short(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([key, each]) => `${key} ${short(each)}`)
      .join(", ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
