import { useState } from "preact/hooks";
import { EventLines } from "../parts/events.tsx";
import { config, events } from "../state/store.ts";
import { Filter } from "../parts/filter.tsx";

export function Events() {
  const [filter, setFilter] = useState("");
  const [failed, setFailed] = useState(false);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = events.value.filter((event) => {
    const hay = JSON.stringify(event).toLowerCase();
    return (!failed || event.error !== undefined) && words.every((word) => hay.includes(word));
  });
  const kibana = config.value?.kibana;
  return (
    <>
      <h1>Events</h1>
      <div class="toolbar">
        <Filter placeholder="Filter: type, container, node, who" value={filter} onValue={setFilter} />
        <label class="switch">
          <input type="checkbox" checked={failed} onChange={(event) => setFailed(event.currentTarget.checked)} />
          Only what failed
        </label>
        <span class="quiet">
          {shown.length} of the last {events.value.length}
        </span>
        {kibana && (
          <a href={kibana} rel="noreferrer">
            Kibana
          </a>
        )}
      </div>
      <EventLines events={shown.toReversed()} />
    </>
  );
}
