import type { StatsRow } from "../../domain/stats/rows.ts";
import type { Style } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";
import { bytes } from "../text/units.ts";

/** The table of `pictl stats`: every node, and below it its containers. */
export function statsView(result: { stats: readonly StatsRow[] }, style: Style): string {
  const totals = style.width >= widthWithTotals;
  const columns: Column<StatsRow>[] = [
    { title: "NODE", value: (row) => row.node, min: 6, tone: (row) => (isNode(row) ? "strong" : undefined) },
    { title: "CONTAINER", value: (row) => row.container ?? "-", min: 9 },
    { title: "STATE", value: (row) => row.state, tone: toneOf },
    { title: "CPU", value: ({ cpuPercent }) => told(cpuPercent, (value) => `${value.toFixed(1)} %`), align: "right" },
    { title: "MEMORY", value: ({ memoryBytes }) => told(memoryBytes, bytes), align: "right" },
    { title: "OF", value: ({ memoryLimitBytes }) => told(memoryLimitBytes || null, bytes), align: "right" },
    { title: "IN/S", value: (row) => told(row.networkRxBytesPerSecond, bytes), align: "right" },
    { title: "OUT/S", value: (row) => told(row.networkTxBytesPerSecond, bytes), align: "right" },
  ];
  const wide: Column<StatsRow>[] = [
    { title: "IN", value: (row) => told(row.networkRxBytes, bytes), align: "right" },
    { title: "OUT", value: (row) => told(row.networkTxBytes, bytes), align: "right" },
  ];
  return table(style, totals ? [...columns, ...wide] : columns, result.stats);
}

/** From here on there is room for what went over the network since the start. */
const widthWithTotals = 100;

function isNode(row: StatsRow): boolean {
  return row.container === undefined;
}

function toneOf({ state }: StatsRow): "good" | "bad" | "warn" {
  if (state === "ready" || state === "running") return "good";
  return state === "unknown" || state === "waiting" || state === "no docker" ? "warn" : "bad";
}

function told(value: number | null, text: (value: number) => string): string {
  return value === null ? "-" : text(value);
}
