import { useState } from "preact/hooks";
import type { PictlEvent } from "../../domain/events/event.ts";
import { EventLines } from "../parts/logs/events.tsx";
import { Failures } from "../parts/results/failures.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { Filter } from "../parts/controls/filter.tsx";
import { Head } from "../parts/display/head.tsx";
import { useLook } from "../parts/results/use-look.ts";
import { remember, route } from "../state/route.ts";
import { config, events } from "../state/store.ts";

const older = 3000;

export function Events() {
  const [filter, setFilter] = useState(route.value.query.get("filter") ?? "");
  const [failed, setFailed] = useState(false);
  const [wantsOlder, setWantsOlder] = useState(false);
  const past = useLook<{ events: readonly PictlEvent[] }>("event.list", wantsOlder ? { tail: older } : undefined);
  const known = past.result ? joined(past.result.events, events.value) : events.value;
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = known.filter((event) => {
    const hay = JSON.stringify(event).toLowerCase();
    return (!failed || event.error !== undefined) && words.every((word) => hay.includes(word));
  });
  const kibana = config.value?.kibana;
  return (
    <>
      <Head title="Events" note={`${String(shown.length)} of the last ${String(known.length)}`}>
        {kibana && (
          <a class="button" href={kibana} target="_blank" rel="noreferrer">
            Open Kibana
          </a>
        )}
        {!wantsOlder && (
          <button type="button" onClick={() => setWantsOlder(true)}>
            Older ones, too
          </button>
        )}
      </Head>
      <div class="toolbar">
        <Filter
          placeholder="Filter: type, container, node, who, job"
          value={filter}
          onValue={(text) => {
            setFilter(text);
            remember({ filter: text });
          }}
        />
        <Switch label="Only what failed" on={failed} onChange={setFailed} />
      </div>
      {past.busy && <p class="quiet">Reading the event log …</p>}
      <Failures failures={past.failures} />
      <EventLines
        events={shown.slice(-1000).toReversed()}
        empty={known.length > 0 ? "No event fits the filter." : "Nothing has happened yet."}
      />
    </>
  );
}

/** What was read, and what has happened since. */
function joined(read: readonly PictlEvent[], live: readonly PictlEvent[]): readonly PictlEvent[] {
  const last = read.at(-1)?.time ?? "";
  return [...read, ...live.filter(({ time }) => time > last)];
}
