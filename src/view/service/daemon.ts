import type { DaemonRow } from "../../app/daemon/status.ts";
import { visible } from "../../domain/text.ts";
import { type Style, tint } from "../text/style.ts";
import { duration, localTime } from "../text/units.ts";

/** The page of `pictl daemon status`. */
export function daemonView({ daemons }: { daemons: readonly DaemonRow[] }, style: Style): string {
  return daemons.map((row) => page(row, style)).join("");
}

function page(
  { pid, host, startedAt, configPath, heartbeat, lastRound, lastRoundAgeMs }: DaemonRow,
  style: Style,
): string {
  const lines: [string, string][] = [
    ["process", `${String(pid)} on ${visible(host)}, since ${localTime(startedAt)}`],
    ["config", visible(configPath)],
    ["heartbeat", heartbeat.automatic ? `every ${duration(heartbeat.intervalMs)}` : "disabled (automatic_heartbeat)"],
    ["last round", lastRoundAgeMs === null ? "none yet" : `${duration(lastRoundAgeMs)} ago`],
  ];
  if (lastRound) {
    const nodes = Object.entries(lastRound.nodes);
    const ill = nodes.filter(([, state]) => state !== "up").map(([name, state]) => `${visible(name)} ${state}`);
    const all = `${String(nodes.length - ill.length)} of ${String(nodes.length)} up`;
    lines.push(["nodes", ill.length === 0 ? all : `${all}; ${ill.join(", ")}`]);
    const { failing } = lastRound;
    const named = failing.map((each) => visible(`${each.container}@${each.node} (${each.message})`));
    lines.push(["checks", named.length === 0 ? "all well" : `failing: ${named.join(", ")}`]);
    for (const { container, node, trouble } of failing) {
      if (trouble !== undefined) lines.push(["", visible(`${container}@${node}: ${trouble}`)]);
    }
  }
  return lines.map(([name, text]) => `${tint(style, "dim", name.padEnd(12))}${text}\n`).join("");
}
