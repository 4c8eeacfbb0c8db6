import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CandidateRow } from "../../app/placement/candidates.ts";
import { oldAfterMs } from "../../watch/select.ts";
import type { LiveContainer } from "../../watch/model.ts";
import { lifecycle, moveTo } from "../actions.ts";
import { ask } from "../api.ts";
import { Age, Since } from "../parts/age.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Command, DeedButton } from "../parts/doing.tsx";
import { EventLines } from "../parts/events.tsx";
import { LogView } from "../parts/log-view.tsx";
import { ContainerState } from "../parts/state.tsx";
import { bytes, percent } from "../parts/words.ts";
import { doIt } from "../state/doing.ts";
import { go, route } from "../state/route.ts";
import { may } from "../state/session.ts";
import { containers, events, loaded } from "../state/store.ts";

const tabs = ["details", "logs", "events"] as const;

export function Container() {
  const key = route.value.rest[0] ?? "";
  const row = containers.value.find((each) => each.key === key);
  const [moving, setMoving] = useState(false);
  const tab = route.value.query.get("tab") ?? "details";
  if (!row) {
    return loaded.value ? (
      <p class="empty">
        There is no container {key} (any more). <a href="#/containers">All containers</a>
      </p>
    ) : (
      <p class="empty">Waiting for the nodes …</p>
    );
  }
  return (
    <div class="page-full">
      <p class="trail">
        <a href="#/containers">Containers</a> /
      </p>
      <h1>
        {row.key} <ContainerState state={row.state} />
      </h1>
      {row.detail !== "" && <p class="problem">{row.detail}</p>}
      <div class="toolbar">
        <span class="buttons">
          {(["start", "stop", "restart", "create", "delete"] as const).map((verb) => (
            <DeedButton key={verb} deed={lifecycle(verb, [row.key])} />
          ))}
          {may("operator") && row.wanted && (
            <button type="button" onClick={() => setMoving(true)}>
              Move
            </button>
          )}
        </span>
        <Age atMs={row.seenAtMs} oldMs={oldAfterMs.container} />
      </div>
      <div class="tabs" role="tablist" aria-label="About the container">
        {tabs.map((id) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={tab === id}
            aria-controls="tab-panel"
            onClick={() => go(`containers/${encodeURIComponent(key)}?tab=${id}`)}
          >
            {id}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} class="panel">
        {tab === "logs" ? (
          <LogView containers={[row.key]} />
        ) : tab === "events" ? (
          <EventLines events={events.value.filter((event) => event.container === row.container).toReversed()} />
        ) : (
          <Details row={row} />
        )}
      </div>
      {moving && <Move row={row} onClose={() => setMoving(false)} />}
    </div>
  );
}

function Details({ row }: { readonly row: LiveContainer }) {
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ["Image", row.image ?? "–"],
    ["Up", <Since key="up" atMs={row.startedAtMs} />],
    ["Restarts by Docker", row.restarts ?? "–"],
    ["Health", row.health ?? "no HEALTHCHECK"],
    ["Stopped by", row.stopped ? `${row.stopped.by}, ${new Date(row.stopped.at).toLocaleString()}` : "nobody"],
    ["CPU", percent(row.cpuPercent)],
    [
      "Memory",
      row.memoryLimitBytes ? `${bytes(row.memoryBytes)} of ${bytes(row.memoryLimitBytes)}` : bytes(row.memoryBytes),
    ],
    ["Network in / out", `${bytes(row.networkRxBytesPerSecond)}/s / ${bytes(row.networkTxBytesPerSecond)}/s`],
    ["Ports", row.ports.length === 0 ? "none published" : row.ports.map(portText).join(", ")],
    ["Id", <code key="id">{row.containerId?.slice(0, 12) ?? "–"}</code>],
  ];
  return (
    <>
      <dl class="facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Command text={`pictl status ${row.key}`} />
    </>
  );
}

function portText({ ip, publicPort, privatePort, protocol }: LiveContainer["ports"][number]): string {
  return `${ip === "" ? "" : `${ip}:`}${String(publicPort)} → ${String(privatePort)}/${protocol}`;
}

/** Where it can go, the best first, with the reason for every node that cannot take it. */
function Move({ row, onClose }: { readonly row: LiveContainer; readonly onClose: () => void }) {
  const [found, setFound] = useState<readonly CandidateRow[]>([]);
  const [note, setNote] = useState("Asking the nodes …");
  useEffect(() => {
    const path = `containers/${encodeURIComponent(row.key)}/candidates`;
    void ask<{ candidates: readonly CandidateRow[] }>("GET", path).then(({ result, failures }) => {
      setFound(result?.candidates ?? []);
      setNote(failures.map(({ message }) => message).join(" "));
    });
  }, [row.key]);
  const best = [...found].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  return (
    <Dialog label={`Move ${row.key}`} onClose={onClose}>
      <h2>Move {row.key}</h2>
      {note !== "" && <p class="quiet">{note}</p>}
      <ul class="candidates">
        {best.map(({ node, rank, reason }) => (
          <li key={node}>
            <button
              type="button"
              disabled={rank === null}
              onClick={() => {
                onClose();
                doIt(moveTo(row.key, node));
              }}
            >
              {node}
            </button>
            <span class="quiet">{reason ?? (rank === 1 ? "the best" : "")}</span>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
