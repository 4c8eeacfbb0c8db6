import type { PictlEvent } from "../../../domain/events/event.ts";
import { now } from "../../state/clock.ts";
import { heartbeat } from "../../state/store.ts";
import { BarStrip } from "./bars.tsx";
import { useLook } from "../results/use-look.ts";

const hourMs = 3_600_000;

/** How many checks failed in each hour of the last day, as the event log tells. */
export function ChecksOfADay() {
  const checked = (heartbeat.value?.checks.length ?? 0) > 0;
  const { result } = useLook<{ events: readonly PictlEvent[] }>(
    "event.list",
    checked ? { since: "24h", type: ["heartbeat"] } : undefined,
  );
  if (!checked || !result) return null;
  const nowMs = now.peek();
  const hours = Array.from({ length: 24 }, (_, index) => Math.floor(nowMs / hourMs) - 23 + index);
  const failed = result.events.filter(({ error }) => error !== undefined);
  if (failed.length === 0)
    return <p class="quiet">No check has failed in the last 24 hours, as the event log tells.</p>;
  const bars = hours.map((hour) => ({
    label: new Date(hour * hourMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }),
    value: failed.filter(({ time }) => Math.floor(Date.parse(time) / hourMs) === hour).length,
    tone: "bad" as const,
  }));
  return <BarStrip label="Failed checks of the last 24 hours" bars={bars} />;
}
