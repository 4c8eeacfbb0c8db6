import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { oldAfterMs } from "../../watch/select.ts";
import type { LiveContainer } from "../../watch/model.ts";
import { lifecycle, verbs } from "../deeds/containers.ts";
import { AddContainer } from "../lazy.ts";
import { Age, Since } from "../parts/display/age.tsx";
import { DeedButton } from "../parts/controls/doing.tsx";
import { Filter } from "../parts/controls/filter.tsx";
import { Head } from "../parts/display/head.tsx";
import { Switch } from "../parts/controls/fields.tsx";
import { ContainerState } from "../parts/display/state.tsx";
import { type Column, DataTable } from "../parts/display/table.tsx";
import { bytes, count, percent } from "../parts/display/words.ts";
import { marks } from "../state/marks.ts";
import { go, remember, route } from "../state/route.ts";
import { may } from "../state/session.ts";
import { containers, isWrong, loaded } from "../state/store.ts";

const columns: readonly Column<LiveContainer>[] = [
  { id: "name", title: "Container", cell: (row) => <strong>{row.container}</strong>, order: (row) => row.container },
  { id: "node", title: "Node", cell: (row) => row.node, order: (row) => row.node },
  { id: "state", title: "State", cell: (row) => <ContainerState state={row.state} />, order: (row) => row.state },
  {
    id: "detail",
    title: "Detail",
    cell: (row) => (
      <span class="detail" title={row.detail}>
        {row.detail}
      </span>
    ),
    wide: true,
  },
  { id: "image", title: "Image", cell: (row) => row.image ?? "–", order: (row) => row.image ?? "", wide: true },
  {
    id: "up",
    title: "Up",
    cell: (row) => <Since atMs={row.state === "running" || row.state === "unhealthy" ? row.startedAtMs : null} />,
    order: (row) => -(row.startedAtMs ?? 0),
    wide: true,
    numeric: true,
  },
  {
    id: "cpu",
    title: "CPU",
    cell: (row) => percent(row.cpuPercent),
    order: (row) => row.cpuPercent ?? -1,
    wide: true,
    numeric: true,
  },
  {
    id: "memory",
    title: "Memory",
    cell: (row) => bytes(row.memoryBytes),
    order: (row) => row.memoryBytes ?? -1,
    wide: true,
    numeric: true,
  },
  {
    id: "age",
    title: "Seen",
    cell: (row) => <Age atMs={row.seenAtMs} oldMs={oldAfterMs.container} titled />,
    wide: true,
    numeric: true,
  },
];

const { marked, toggle } = marks();
const filter = signal(route.value.query.get("filter") ?? "");
const onlyWrong = signal(route.value.query.get("show") === "wrong");

export function Containers() {
  const [text, wrongOnly, rows] = [filter.value, onlyWrong.value, containers.value];
  const shown = useMemo(
    () => rows.filter((row) => fits(row, text) && (!wrongOnly || isWrong(row))),
    [text, wrongOnly, rows],
  );
  const [adding, setAdding] = useState(false);
  const chosen = [...marked.value].filter((key) => rows.some((row) => row.key === key));
  return (
    <div class="page-full">
      <Head
        title="Containers"
        note={shown.length === rows.length ? rows.length : `${String(shown.length)} of ${String(rows.length)}`}
      >
        <a class="button" href="#/containers/plan">
          Plan and apply
        </a>
        {may("admin") && (
          <button type="button" class="solid" onClick={() => setAdding(true)}>
            Add a container
          </button>
        )}
      </Head>
      <div class="toolbar">
        <Filter
          placeholder="Filter: name, node, state, image; !word for those without"
          value={text}
          onValue={(typed) => {
            filter.value = typed;
            remember({ filter: typed });
          }}
        />
        <Switch
          label="Not as wanted"
          on={wrongOnly}
          onChange={(on) => {
            onlyWrong.value = on;
            remember({ show: on ? "wrong" : "" });
          }}
        />
        {chosen.length > 0 && (
          <span class="buttons">
            <span class="quiet">{count(chosen.length, "marked", "marked")}</span>
            {verbs.map((verb) => (
              <DeedButton key={verb} deed={lifecycle(verb, chosen)} />
            ))}
            <a class="button" href={`#/logs?of=${encodeURIComponent(chosen.join(","))}`}>
              Logs
            </a>
          </span>
        )}
      </div>
      <DataTable
        label="Containers"
        columns={columns}
        rows={shown}
        keyOf={(row) => row.key}
        onOpen={(row) => go(`containers/${encodeURIComponent(row.key)}`)}
        {...(may("operator") ? { marks: { marked: marked.value, toggle } } : {})}
        empty={
          loaded.value
            ? rows.length === 0
              ? "The layout has no containers yet. Add one, or write them into the config."
              : "Nothing fits the filter."
            : "Waiting for the nodes …"
        }
      />
      {adding && <AddContainer onClose={() => setAdding(false)} />}
    </div>
  );
}

function fits(row: LiveContainer, text: string): boolean {
  const hay = `${row.key} ${row.state} ${row.image ?? ""} ${row.detail}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => (word.startsWith("!") && word.length > 1 ? !hay.includes(word.slice(1)) : hay.includes(word)));
}
