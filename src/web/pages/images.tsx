import { useMemo, useState } from "preact/hooks";
import type { NodePart } from "../../http/stream/messages.ts";
import { Build, Prune, Pull, RemoveImages } from "../lazy.ts";
import { Filter } from "../parts/controls/filter.tsx";
import { Head } from "../parts/display/head.tsx";
import { type Column, DataTable } from "../parts/display/table.tsx";
import { bytes, count } from "../parts/display/words.ts";
import { marks } from "../state/marks.ts";
import { may } from "../state/session.ts";
import { loaded, nodes } from "../state/store.ts";

type Row = NodePart["images"][number];

const columns: readonly Column<Row>[] = [
  { id: "name", title: "Image", cell: (row) => <strong>{nameOf(row)}</strong>, order: nameOf },
  { id: "node", title: "Node", cell: (row) => row.node, order: (row) => row.node },
  {
    id: "used",
    title: "Used by",
    cell: (row) => [...new Set([...row.wantedBy, ...row.usedBy])].join(", ") || <span class="quiet">nobody</span>,
    wide: true,
  },
  { id: "age", title: "Made", cell: (row) => row.createdAt.slice(0, 10), order: (row) => row.createdAt, wide: true },
  { id: "size", title: "Size", cell: (row) => bytes(row.sizeBytes), order: (row) => row.sizeBytes, numeric: true },
];

const { marked, toggle } = marks();

export function Images() {
  const [filter, setFilter] = useState("");
  const [dialog, setDialog] = useState<"pull" | "build" | "prune" | "remove" | undefined>();
  const rows = useMemo(() => nodes.value.flatMap(({ images }) => images), [nodes.value]);
  const shown = rows.filter((row) => `${nameOf(row)} ${row.node}`.toLowerCase().includes(filter.toLowerCase()));
  const chosen = rows.filter((row) => marked.value.has(keyOf(row)));
  const close = (): void => setDialog(undefined);
  return (
    <div class="page-full">
      <Head title="Images" note={`${String(rows.length)}, ${bytes(rows.reduce((sum, row) => sum + row.sizeBytes, 0))}`}>
        {may("operator") && (
          <>
            <button type="button" class="solid" onClick={() => setDialog("pull")}>
              Pull
            </button>
            <button type="button" onClick={() => setDialog("build")}>
              Build
            </button>
            <button type="button" class="danger" onClick={() => setDialog("prune")}>
              Clean up
            </button>
          </>
        )}
      </Head>
      <div class="toolbar">
        <Filter placeholder="Filter: image, node" value={filter} onValue={setFilter} />
        {chosen.length > 0 && (
          <span class="buttons">
            <span class="quiet">{count(chosen.length, "marked", "marked")}</span>
            <button type="button" class="danger" onClick={() => setDialog("remove")}>
              Remove
            </button>
          </span>
        )}
      </div>
      <DataTable
        label="Images"
        columns={columns}
        rows={shown}
        keyOf={keyOf}
        {...(may("operator") ? { marks: { marked: marked.value, toggle } } : {})}
        empty={
          !loaded.value
            ? "Waiting for the nodes …"
            : rows.length > 0
              ? "Nothing fits the filter."
              : "No node has told of images yet. Pull one, or build those of the layout."
        }
      />
      {dialog === "pull" && <Pull onClose={close} />}
      {dialog === "build" && <Build onClose={close} />}
      {dialog === "prune" && <Prune onClose={close} />}
      {dialog === "remove" && (
        <RemoveImages
          images={[...new Set(chosen.map(({ tags, id }) => tags[0] ?? id))]}
          nodes={[...new Set(chosen.map(({ node }) => node))]}
          onClose={close}
        />
      )}
    </div>
  );
}

function keyOf({ node, id }: Row): string {
  return `${id.replace(/^sha256:/, "").slice(0, 12)} on ${node}`;
}

function nameOf({ tags, id }: Row): string {
  return tags.length > 0 ? tags.join(", ") : `${id.replace(/^sha256:/, "").slice(0, 12)} (no name)`;
}
