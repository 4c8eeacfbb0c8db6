import type { StatusRow } from "../../app/status.ts";
import type { Style, Tone } from "../text/style.ts";
import { type Column, table } from "../text/table.ts";
import { bytes, duration } from "../text/units.ts";

const tones: Record<StatusRow["state"], Tone> = {
  running: "good",
  unhealthy: "bad",
  restarting: "bad",
  done: "good",
  stopped: "bad",
  missing: "bad",
  changed: "warn",
  stray: "warn",
  foreign: "bad",
  unknown: "warn",
};

/** The table of `pictl status`: wanted against actual. */
export function statusView(result: { containers: readonly StatusRow[] }, style: Style): string {
  if (result.containers.length === 0) return "";
  return table(
    style,
    [
      { title: "CONTAINER", value: (row) => row.container, min: 10 },
      { title: "NODE", value: (row) => row.node, min: 8 },
      { title: "WANTED", value: wanted },
      { title: "STATE", value: (row) => row.state, tone: statusTone },
      { title: "HEALTH", value: (row) => row.health ?? "-" },
      ...(result.containers.some(({ restarts }) => (restarts ?? 0) > 0) ? [restarts] : []),
      { title: "UP", value: (row) => (row.uptimeMs === null ? "-" : duration(row.uptimeMs)) },
      {
        title: "CPU",
        value: (row) => (row.cpuPercent === null ? "-" : `${row.cpuPercent.toFixed(1)} %`),
        align: "right",
      },
      { title: "MEMORY", value: (row) => (row.memoryBytes === null ? "-" : bytes(row.memoryBytes)), align: "right" },
      { title: "DETAIL", value: (row) => row.detail, min: 10 },
    ],
    result.containers,
  );
}

const restarts: Column<StatusRow> = {
  title: "RESTARTS",
  value: (row) => (row.restarts === null ? "-" : String(row.restarts)),
  align: "right",
};

function wanted(row: StatusRow): string {
  if (row.stopped) return "stopped";
  if (!row.wanted) return "-";
  return row.state === "done" ? "done" : "running";
}

/** What somebody has stopped is as wanted. */
export function statusTone({ state, stopped }: Pick<StatusRow, "state" | "stopped">): Tone {
  return state === "stopped" && stopped ? "warn" : tones[state];
}
