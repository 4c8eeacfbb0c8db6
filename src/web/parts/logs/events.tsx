import { changeOfEvent } from "../../../domain/events/event-words.ts";
import type { PictlEvent } from "../../../domain/events/event.ts";
import { now } from "../../state/clock.ts";
import { clock } from "../display/words.ts";

/** Events as lines: when, what, where, who. */
export function EventLines({
  events,
  empty = "Nothing has happened yet.",
}: {
  readonly events: readonly PictlEvent[];
  readonly empty?: string;
}) {
  if (events.length === 0) return <p class="empty">{empty}</p>;
  return (
    <ul class="events">
      {events.map((event, index) => (
        <li key={`${event.time}${String(index)}`} class={event.error === undefined ? "" : "failed"}>
          <time dateTime={event.time}>{clock(event.time, now.value)}</time>
          <span class="type">{event.type}</span>
          <span class="where">{[event.container, event.node].filter(Boolean).join("@") || event.vip || ""}</span>
          <span class="detail">{event.error ?? (changeOfEvent(event) || (event.cause ?? ""))}</span>
          <span class="quiet who">
            {event.who}
            {event.face === undefined ? "" : ` · ${event.face}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
