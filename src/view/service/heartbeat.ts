import type { CheckRow } from "../../domain/heartbeat/decision.ts";
import type { Style } from "../text/style.ts";
import { table } from "../text/table.ts";
import { duration } from "../text/units.ts";

/** The table of `pictl heartbeat`: what each check saw, and what follows from it. */
export function heartbeatView(result: { checks: readonly CheckRow[] }, style: Style): string {
  if (result.checks.length === 0) return "The config has no check (`hb`).\n";
  return table(
    style,
    [
      { title: "CONTAINER", value: (row) => row.container, min: 10 },
      { title: "NODE", value: (row) => row.node, min: 8 },
      { title: "CHECK", value: (row) => row.kind },
      { title: "RESULT", value: (row) => (row.ok ? "ok" : "fails"), tone: (row) => (row.ok ? "good" : "bad") },
      { title: "TIME", value: (row) => duration(row.durationMs), align: "right" },
      { title: "SEEN", value: (row) => row.message, min: 12 },
      { title: "IN A ROW", value: (row) => (row.failures === 0 ? "-" : String(row.failures)), align: "right" },
      { title: "DECISION", value: (row) => row.decision, min: 10 },
    ],
    result.checks,
  );
}
