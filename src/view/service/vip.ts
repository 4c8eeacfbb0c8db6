import type { VipChangeRow } from "../../app/vip/by-hand/by-hand.ts";
import type { VipCandidateRow, VipRow } from "../../app/vip/show.ts";
import { visible } from "../../domain/text.ts";
import { type Style, type Tone, tint } from "../text/style.ts";
import { table } from "../text/table.ts";
import { duration } from "../text/units.ts";
import { wrap } from "../text/wrap.ts";

const tones: Record<VipCandidateRow["state"], Tone | undefined> = {
  holds: "good",
  fit: undefined,
  unfit: "warn",
  unreachable: "bad",
  refused: "bad",
};

/** A paragraph for each virtual IP: who has it, and how its candidates are. `now`: milliseconds since the epoch. */
export function vipsView(now: number): (result: { vips: readonly VipRow[] }, style: Style) => string {
  return ({ vips }, style) => vips.map((row) => paragraph(row, style, now)).join("\n");
}

function paragraph(row: VipRow, style: Style, now: number): string {
  const title = wrap(
    visible(
      `${row.name === row.vip ? "" : `${row.name} `}${row.vip} ${holding(row, now)}; ${modeOf(row)}; ${keeper(row)}`,
    ),
    style.width,
  ).join("\n");
  return `${tint(style, "strong", title)}\n${table(
    style,
    [
      { title: "NODE", value: ({ node }) => node, min: 8 },
      { title: "DEVICE", value: ({ device }) => device, min: 6 },
      { title: "STATE", value: ({ state }) => state, tone: ({ state }) => tones[state] },
      { title: "SEEN", value: seen, min: 20 },
    ],
    row.candidates,
  )}`;
}

function holding({ node, since, released }: VipRow, now: number): string {
  if (released) return "was released by hand";
  if (node === null) return "is on no node that answers";
  return since === null ? `is on ${node}` : `is on ${node} (for ${duration(Math.max(0, now - Date.parse(since)))})`;
}

function modeOf({ mode, leaseMs }: VipRow): string {
  return leaseMs === null ? mode : `${mode} of ${duration(leaseMs)}`;
}

function keeper({ daemonPid }: VipRow): string {
  return daemonPid === null ? "no daemon here keeps it" : `the daemon here keeps it (process ${String(daemonPid)})`;
}

function seen({ state, leaseSecondsLeft, message }: VipCandidateRow): string {
  const left = leaseSecondsLeft === null ? "without end" : `for ${String(leaseSecondsLeft)} s more`;
  return [...(state === "holds" ? [left] : []), ...(message === "" ? [] : [message])].join(", ");
}

/** What was done with a virtual IP, or would be. */
export function vipChangesView(result: { vips: readonly VipChangeRow[] }, style: Style): string {
  return result.vips
    .map(({ vip, outcome, changed, durationMs }) => {
      const took = changed ? ` (${duration(durationMs)})` : "";
      return `${tint(style, "strong", visible(vip))}: ${tint(style, changed ? "good" : "warn", visible(outcome))}${took}\n`;
    })
    .join("");
}
