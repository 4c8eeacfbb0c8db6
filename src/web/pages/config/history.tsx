import type { PictlEvent } from "../../../domain/events/event.ts";
import { Command } from "../../parts/controls/command.tsx";
import { EventLines } from "../../parts/logs/events.tsx";
import { Failures } from "../../parts/results/failures.tsx";
import { useLook } from "../../parts/results/use-look.ts";
import { requestOf } from "../../operations.ts";
import { events } from "../../state/store.ts";

/** Each change of the config that pictl has seen, old → new, and who made it. */
export function ConfigHistory() {
  const input = { type: ["config"], tail: 300 };
  const newest = events.value.findLast(({ type }) => type.startsWith("config."))?.time ?? "";
  const { result, failures, busy } = useLook<{ events: readonly PictlEvent[] }>("event.list", input);
  const read = result?.events ?? [];
  return (
    <>
      <p class="quiet">
        What a container was before, and the way back to it, stands in the container's own tab Config.
      </p>
      <Failures failures={failures} />
      {busy ? (
        <p class="empty">Reading the event log …</p>
      ) : (
        <EventLines
          key={newest}
          events={[
            ...read,
            ...events.value.filter(({ type, time }) => type.startsWith("config.") && time > (read.at(-1)?.time ?? "")),
          ].toReversed()}
          empty="Nobody has changed the config through pictl yet."
        />
      )}
      <Command text={requestOf("event.list", input).command} />
    </>
  );
}
