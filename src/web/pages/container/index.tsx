import { useState } from "preact/hooks";
import { oldAfterMs } from "../../../watch/select.ts";
import type { LiveContainer } from "../../../watch/model.ts";
import { lifecycle, type verbs } from "../../deeds/containers.ts";
import { EditContainer, Entry, Move, RemoveContainer } from "../../lazy.ts";
import { Age } from "../../parts/display/age.tsx";
import { DeedButton } from "../../parts/controls/doing.tsx";
import { EventLines } from "../../parts/logs/events.tsx";
import { Head } from "../../parts/display/head.tsx";
import { LogView } from "../../parts/logs/log-view.tsx";
import { ContainerState } from "../../parts/display/state.tsx";
import { Tabs } from "../../parts/controls/tabs.tsx";
import { TerminalTab } from "../../parts/cluster/terminal-tab.tsx";
import { route } from "../../state/route.ts";
import { may } from "../../state/session.ts";
import { containers, events, loaded } from "../../state/store.ts";
import { Details } from "./details.tsx";
import { Stats } from "./stats.tsx";

export function Container() {
  const key = route.value.rest[0] ?? "";
  const row = containers.value.find((each) => each.key === key);
  if (row) return <Shown row={row} />;
  return loaded.value ? (
    <p class="empty">
      There is no container {key} (any more). <a href="#/containers">All containers</a>
    </p>
  ) : (
    <p class="empty">Waiting for the nodes …</p>
  );
}

/** What makes sense in the state that it is in; the others would only be refused. */
function fitting({ state }: LiveContainer): readonly (typeof verbs)[number][] {
  if (state === "missing") return ["create"];
  if (state === "stopped" || state === "done") return ["start", "create", "delete"];
  if (state === "stray" || state === "foreign") return ["start", "stop", "delete"];
  return ["stop", "restart", "create", "delete"];
}

function Shown({ row }: { readonly row: LiveContainer }) {
  const [dialog, setDialog] = useState<"move" | "edit" | "remove" | undefined>();
  const close = (): void => setDialog(undefined);
  const { key, container } = row;
  return (
    <div class="page-full">
      <Head
        back={["containers", "Containers"]}
        title={
          <>
            {key} <ContainerState state={row.state} />
          </>
        }
        note={<Age atMs={row.seenAtMs} oldMs={oldAfterMs.container} />}
      >
        {fitting(row).map((verb) => (
          <DeedButton key={verb} deed={lifecycle(verb, [key])} />
        ))}
        {may("operator") && row.wanted && (
          <button type="button" onClick={() => setDialog("move")}>
            Move
          </button>
        )}
        {may("admin") && row.wanted && (
          <>
            <button type="button" onClick={() => setDialog("edit")}>
              Edit
            </button>
            <button type="button" class="danger" onClick={() => setDialog("remove")}>
              Remove from config
            </button>
          </>
        )}
      </Head>
      {row.detail !== "" && <p class={row.state === "running" ? "warning" : "problem"}>{row.detail}</p>}
      {row.last && (
        <p class="warning">
          Its node does not answer. It was {row.last.state} {row.last.detail} when it last did.
        </p>
      )}
      <Tabs
        label="About the container"
        tabs={[
          { id: "details", title: "Details", show: () => <Details row={row} /> },
          { id: "logs", title: "Logs", show: () => <LogView containers={[key]} /> },
          { id: "stats", title: "Stats", show: () => <Stats row={row} /> },
          {
            id: "terminal",
            title: "Terminal",
            show: () => <TerminalTab path={`containers/${encodeURIComponent(key)}/terminal`} />,
          },
          {
            id: "events",
            title: "Events",
            show: () => (
              <EventLines events={events.value.filter((event) => event.container === container).toReversed()} />
            ),
          },
          { id: "config", title: "Config", show: () => <Entry row={row} /> },
        ]}
      />
      {dialog === "move" && <Move row={row} onClose={close} />}
      {dialog === "edit" && <EditContainer row={row} onClose={close} />}
      {dialog === "remove" && <RemoveContainer row={row} onClose={close} />}
    </div>
  );
}
