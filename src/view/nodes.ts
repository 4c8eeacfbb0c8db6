import type { NodeRow } from "../app/nodes.ts";
import type { Style } from "./style.ts";
import { type Column, table } from "./table.ts";
import { bytes, duration } from "./units.ts";

/** The table of `pictl nodes`. */
export function nodesView(result: { nodes: readonly NodeRow[] }, style: Style): string {
  return table(style, columns(result.nodes), result.nodes);
}

function columns(rows: readonly NodeRow[]): Column<NodeRow>[] {
  const list: Column<NodeRow>[] = [
    { title: "NODE", value: (row) => row.node, min: 8 },
    {
      title: "STATE",
      value: state,
      tone: (row) => (!row.reachable ? "bad" : row.dockerVersion === null ? "warn" : "good"),
    },
    { title: "ADDRESS", value: (row) => row.address, min: 9 },
    { title: "OS", value: (row) => row.os ?? "-", min: 6 },
    { title: "ARCH", value: (row) => row.arch ?? "-" },
    { title: "KERNEL", value: (row) => row.kernel ?? "-", min: 6 },
    { title: "UP", value: (row) => (row.uptimeSeconds == null ? "-" : duration(row.uptimeSeconds * 1000)) },
    { title: "LOAD", value: (row) => (row.load1 == null ? "-" : row.load1.toFixed(2)), align: "right" },
    { title: "MEMORY", value: (row) => used(row.memoryTotalBytes, row.memoryAvailableBytes), align: "right" },
    { title: "DISK", value: (row) => share(row.diskUsedBytes, row.diskTotalBytes), align: "right" },
    { title: "DOCKER", value: (row) => row.dockerVersion ?? "-", min: 6 },
    {
      title: "RUN",
      value: (row) =>
        row.containersRunning === null ? "-" : `${String(row.containersRunning)}/${String(row.containers ?? 0)}`,
      align: "right",
    },
  ];
  if (rows.some((row) => row.vip === true))
    list.push({ title: "VIP", value: (row) => (row.vip === true ? "holds" : "") });
  return list;
}

function state(row: NodeRow): string {
  if (!row.reachable) return "unreachable";
  return row.dockerVersion === null ? "no docker" : "ready";
}

function used(total: number | null | undefined, available: number | null | undefined): string {
  if (total == null || available == null) return "-";
  return `${bytes(total - available)}/${bytes(total)}`;
}

function share(used: number | null | undefined, total: number | null | undefined): string {
  return used == null || total == null || total === 0 ? "-" : `${String(Math.round((used / total) * 100))} %`;
}
