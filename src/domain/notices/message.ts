import { visible } from "../text.ts";
import type { OutboxEntry } from "./outbox.ts";
import { headOf, isUrgent } from "./words.ts";

/** What is said to a receiver at once. */
export interface Message {
  readonly cluster: string;
  /** One line. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Something is wrong now. */
  readonly urgent: boolean;
  readonly entries: readonly OutboxEntry[];
}

const maxLines = 30;

export function messageOf(cluster: string, entries: readonly OutboxEntry[], dropped: number): Message {
  const told = gathered(entries);
  const lines = told.map(lineOf);
  const shown = lines.slice(0, maxLines);
  const left = lines.length - shown.length + dropped;
  const rest = left > 0 ? [`${String(left)} more; \`pictl log --important\` has all.`] : [];
  const [first] = told;
  const head = first === undefined ? "" : headOf(first);
  const others = lines.length + dropped - 1;
  return {
    cluster,
    title: visible(`${cluster}: ${head}${others > 0 ? ` and ${String(others)} more` : ""}`),
    lines: first === undefined ? [] : [...shown, ...rest],
    urgent: entries.some(isUrgent),
    entries,
  };
}

/** What happened to several containers in the same way is one line. */
function gathered(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const lines = new Map<string, OutboxEntry>();
  entries.forEach((entry, index) => {
    const { type, node, container, vip, error } = entry.event;
    const alike = [entry.phase, type, node ?? "", vip ?? "", error ?? "", changeOf(entry)];
    const key = container === undefined ? String(index) : JSON.stringify(alike);
    const known = lines.get(key);
    const containers = [known, entry].flatMap((each) =>
      each ? [...each.containers, ...(each.event.container === undefined ? [] : [each.event.container])] : [],
    );
    lines.set(key, known ? { ...known, containers: [...new Set(containers)] } : entry);
  });
  return [...lines.values()];
}

function lineOf(entry: OutboxEntry): string {
  const { event, phase, since } = entry;
  const error = event.error === undefined ? "" : `: ${(event.error.split("\n")[0] ?? "").slice(0, 300)}`;
  const lasted =
    since === undefined ? "" : ` (since ${clock(since)}, ${duration(Date.parse(event.time) - Date.parse(since))})`;
  return visible(`${clock(event.time)} ${headOf(entry)}${changeOf(entry)}${phase === "ends" ? lasted : error}`);
}

/** What begins is told by its reason. */
function changeOf({ phase, event: { before, after, type } }: OutboxEntry): string {
  if (phase === "begins" || type.startsWith("notice.")) return "";
  const [from, to] = [plain(before), plain(after)];
  if (from !== undefined && to !== undefined) return `: ${from} → ${to}`;
  return to === undefined || phase === "ends" ? "" : `: ${to}`;
}

function plain(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.replace(/^sha256:([0-9a-f]{12})[0-9a-f]{52}$/, "$1") : undefined;
}

function clock(time: string): string {
  return `${time.slice(0, 19).replace("T", " ")}Z`;
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${String(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${String(minutes)} min` : `${String(Math.round(minutes / 60))} h`;
}
