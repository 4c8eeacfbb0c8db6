import { useMemo, useState } from "preact/hooks";
import { type Column, DataTable } from "../parts/table.tsx";
import { bytes } from "../parts/words.ts";
import { loaded, nodes } from "../state/store.ts";
import type { NodePart } from "../../http/stream/messages.ts";
import { Filter } from "../parts/filter.tsx";

type Row = NodePart["images"][number];

const columns: readonly Column<Row>[] = [
  { id: "name", title: "Image", cell: (row) => <strong>{nameOf(row)}</strong>, order: nameOf },
  { id: "node", title: "Node", cell: (row) => row.node, order: (row) => row.node },
  {
    id: "used",
    title: "Used by",
    cell: (row) => [...new Set([...row.wantedBy, ...row.usedBy])].join(", ") || "nobody",
    wide: true,
  },
  { id: "age", title: "Made", cell: (row) => row.createdAt.slice(0, 10), order: (row) => row.createdAt, wide: true },
  { id: "size", title: "Size", cell: (row) => bytes(row.sizeBytes), order: (row) => row.sizeBytes, numeric: true },
];

export function Images() {
  const [filter, setFilter] = useState("");
  const rows = useMemo(() => nodes.value.flatMap(({ images }) => images), [nodes.value]);
  const shown = rows.filter((row) => `${nameOf(row)} ${row.node}`.toLowerCase().includes(filter.toLowerCase()));
  return (
    <div class="page-full">
      <h1>
        Images <span class="quiet">{rows.length}</span>
      </h1>
      <div class="toolbar">
        <Filter placeholder="Filter: image, node" value={filter} onValue={setFilter} />
      </div>
      <DataTable
        label="Images"
        columns={columns}
        rows={shown}
        keyOf={(row) => `${row.node} ${row.id}`}
        empty={loaded.value ? "No node has told of images yet." : "Waiting for the nodes …"}
      />
    </div>
  );
}

function nameOf({ tags, id }: Row): string {
  return tags.length > 0 ? tags.join(", ") : `${id.replace(/^sha256:/, "").slice(0, 12)} (no name)`;
}
