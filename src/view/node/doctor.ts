import type { DoctorRow } from "../../app/doctor.ts";
import { plural, visible } from "../../domain/text.ts";
import { type Style, tint, type Tone } from "../text/style.ts";
import { wrapBehind } from "../text/wrap.ts";

/** From this many machines on, those where all is well take one line each. */
const many = 10;

const signs: Record<DoctorRow["state"], { readonly sign: string; readonly tone: Tone }> = {
  ok: { sign: "✓", tone: "good" },
  warning: { sign: "!", tone: "warn" },
  problem: { sign: "✗", tone: "bad" },
  skipped: { sign: "·", tone: "dim" },
};

/** The findings of `pictl doctor`: machine by machine, each remedy below its finding, and a count in the end. */
export function doctorView(result: { checks: readonly DoctorRow[] }, style: Style): string {
  return findingsView(result, style, byMachine(result).size) + countView(result, style);
}

/** Machine by machine, without the count. `machines`: how many there are in all; of many, those that are well are brief. */
export function findingsView(result: { checks: readonly DoctorRow[] }, style: Style, machines: number): string {
  const brief = machines > many;
  return [...byMachine(result)].map(([node, rows]) => machine(style, node ?? "this machine", { rows, brief })).join("");
}

/** How many problems and warnings there are. */
export function countView(result: { checks: readonly DoctorRow[] }, style: Style): string {
  return `${summary(style, byMachine(result), result.checks)}\n`;
}

function byMachine({ checks }: { checks: readonly DoctorRow[] }): ReadonlyMap<string | null, readonly DoctorRow[]> {
  const machines = new Map<string | null, DoctorRow[]>();
  for (const row of checks) machines.set(row.node, [...(machines.get(row.node) ?? []), row]);
  return machines;
}

function machine(style: Style, name: string, { rows, brief }: { rows: readonly DoctorRow[]; brief: boolean }): string {
  const title = tint(style, "strong", visible(name));
  if (brief && rows.every((row) => row.state === "ok")) return `${title}: all ${rows.length} checks are well\n`;
  return `${title}\n${grouped(rows)
    .map((group) => finding(style, group))
    .join("")}`;
}

/** Rows that were skipped for the same reason one after the other are told at once. */
function grouped(rows: readonly DoctorRow[]): DoctorRow[][] {
  const groups: DoctorRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (row.state === "skipped" && last?.[0]?.state === "skipped" && last[0].message === row.message) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

const nameWidth = 14;
const indent = " ".repeat(2 + 2 + nameWidth + 2);

function finding(style: Style, group: readonly DoctorRow[]): string {
  const [row] = group;
  if (!row) return "";
  const { sign, tone } = signs[row.state];
  const names = group.map((each) => each.check.replaceAll("-", " "));
  const message = names.length > 1 ? `${visible(row.message)}: ${names.join(", ")}` : visible(row.message);
  const label = (names.length > 1 ? "skipped" : (names[0] ?? "")).padEnd(nameWidth);
  const told = row.state === "ok" || row.state === "skipped" ? label : tint(style, tone, label);
  const found = wrapBehind(`  ${tint(style, tone, sign)} ${told}  `, message, style.width);
  if (row.remedy === null) return found;
  return found + wrapBehind(`${indent}${tint(style, "dim", "→")} `, visible(row.remedy), style.width);
}

function summary(style: Style, machines: ReadonlyMap<string | null, unknown>, checks: readonly DoctorRow[]): string {
  const count = (state: DoctorRow["state"]): number => checks.filter((row) => row.state === state).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const nodes = plural([...machines.keys()].filter((node) => node !== null).length, "node");
  if (problems + warnings === 0) return tint(style, "good", `${nodes}: all is well.`);
  const found = [
    ...(problems > 0 ? [tint(style, "bad", plural(problems, "problem"))] : []),
    ...(warnings > 0 ? [tint(style, "warn", plural(warnings, "warning"))] : []),
  ];
  return `${nodes}: ${found.join(", ")}.`;
}
