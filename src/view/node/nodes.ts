import type { NodeRow } from "../../app/nodes.ts";
import type { Style } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";
import { bytes, duration } from "../text/units.ts";

/** The table of `pictl nodes`: with as much detail as fits into a line. */
export function nodesView(result: { nodes: readonly NodeRow[] }, style: Style): string {
  const rows = result.nodes;
  const fitting = details
    .map((_, dropped) => columns(rows, new Set(details.slice(dropped))))
    .find((candidate) => width(candidate, rows) <= style.width);
  return table(style, fitting ?? columns(rows, new Set()), rows);
}

/** What a narrow terminal does without, in the order it goes. */
const details = ["kernel", "arch", "amounts", "os", "address"] as const;
type Detail = (typeof details)[number];

function columns(rows: readonly NodeRow[], shown: ReadonlySet<Detail>): Column<NodeRow>[] {
  const when = (condition: boolean, column: Column<NodeRow>): Column<NodeRow>[] => (condition ? [column] : []);
  return [
    { title: "NODE", value: (row) => row.node, min: 8 },
    {
      title: "STATE",
      value: state,
      tone: (row) => (!row.reachable ? "bad" : row.dockerVersion === null || row.cordoned ? "warn" : "good"),
    },
    ...when(shown.has("address") && rows.some((row) => row.address !== row.node), {
      title: "ADDRESS",
      value: (row) => row.address,
    }),
    ...when(shown.has("os"), { title: "OS", value: (row) => shortOs(row.os) }),
    ...when(shown.has("arch"), { title: "ARCH", value: (row) => row.arch ?? "-" }),
    ...when(shown.has("kernel"), { title: "KERNEL", value: (row) => row.kernel ?? "-" }),
    { title: "UP", value: (row) => (row.uptimeSeconds == null ? "-" : duration(row.uptimeSeconds * 1000)) },
    { title: "LOAD", value: (row) => (row.load1 == null ? "-" : row.load1.toFixed(2)), align: "right" },
    { title: "MEMORY", value: (row) => memory(row, shown.has("amounts")), align: "right" },
    { title: "DISK", value: (row) => disk(row, shown.has("amounts")), align: "right" },
    { title: "DOCKER", value: (row) => row.dockerVersion?.replace(/\+.*$/, "") ?? "-", min: 6 },
    { title: "RUN", value: running, align: "right" },
    ...when(
      rows.some((row) => row.vip === true),
      { title: "VIP", value: (row) => (row.vip === true ? "holds" : "") },
    ),
  ];
}

function width(list: readonly Column<NodeRow>[], rows: readonly NodeRow[]): number {
  const widths = list.map(({ title, value }) => Math.max(title.length, ...rows.map((row) => value(row).length)));
  return widths.reduce((sum, each) => sum + each + 2, -2);
}

function state(row: NodeRow): string {
  const health = !row.reachable ? notReached(row) : row.dockerVersion === null ? "no docker" : "ready";
  return row.cordoned ? `${health}, cordoned` : health;
}

/** It answers, and does not let us in, or we do not trust it. */
function notReached({ failure }: NodeRow): string {
  switch (failure) {
    case "host-key-unknown":
      return "unknown key";
    case "host-key-changed":
      return "changed key";
    case "auth-failed":
      return "login refused";
    default:
      return "unreachable";
  }
}

/** "Debian GNU/Linux 12 (bookworm)" → "Debian 12". */
function shortOs(name: string | null | undefined): string {
  return name?.replace(/ (?:GNU\/)?Linux\b/, "").replace(/ \([^)]*\)$/, "") ?? "-";
}

function memory({ memoryTotalBytes: total, memoryAvailableBytes: available }: NodeRow, amounts: boolean): string {
  return total == null || available == null ? "-" : used(total - available, total, amounts);
}

/** The share is df's: what is kept for root is no room. */
function disk({ diskUsedBytes: full, diskAvailableBytes: free }: NodeRow, amounts: boolean): string {
  return full == null || free == null ? "-" : used(full, full + free, amounts);
}

function used(part: number, total: number, amounts: boolean): string {
  if (total === 0) return "-";
  const share = `${Math.round((part / total) * 100)} %`;
  return amounts ? `${share} of ${bytes(total)}` : share;
}

function running({ containersRunning, containers }: NodeRow): string {
  return containersRunning === null ? "-" : `${containersRunning}/${containers ?? containersRunning}`;
}
