import { visible } from "../text.ts";
import type { OutboxEntry } from "./outbox.ts";

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
  const lines = entries.map(lineOf);
  const shown = lines.slice(0, maxLines);
  const left = lines.length - shown.length + dropped;
  const rest = left > 0 ? [`${String(left)} more; \`pictl log --important\` has all.`] : [];
  const [first = ""] = lines;
  return {
    cluster,
    title: visible(
      lines.length === 1
        ? `${cluster}: ${headOf(entries[0])}`
        : `${cluster}: ${headOf(entries[0])} and ${String(lines.length + dropped - 1)} more`,
    ),
    lines: first === "" ? [] : [...shown, ...rest],
    urgent: entries.some((entry) => entry.phase === "begins" || /(?:^|[.-])failed$/.test(entry.event.type)),
    entries,
  };
}

/** `n2 does not answer`, without the reasons. */
function headOf(entry: OutboxEntry | undefined): string {
  return entry === undefined ? "" : `${placeOf(entry)} ${what(entry)}`.trim();
}

function lineOf(entry: OutboxEntry): string {
  const { event, phase, since } = entry;
  const error = event.error === undefined ? "" : `: ${(event.error.split("\n")[0] ?? "").slice(0, 300)}`;
  const lasted =
    since === undefined ? "" : ` (since ${clock(since)}, ${duration(Date.parse(event.time) - Date.parse(since))})`;
  const change = phase === "once" ? changeOf(entry) : "";
  return visible(`${clock(event.time)} ${headOf(entry)}${change}${phase === "ends" ? lasted : error}`);
}

function placeOf({ event, containers }: OutboxEntry): string {
  const { node, container, vip } = event;
  const place =
    container !== undefined && node !== undefined ? `${container}@${node}` : (container ?? node ?? vip ?? "");
  const all = [...new Set([...containers, ...(container === undefined ? [] : [container])])];
  if (containers.length === 0 || (all.length === 1 && container !== undefined)) return place;
  const names = all.length > 10 ? `${all.slice(0, 10).join(", ")} …` : all.join(", ");
  return `${node ?? place} (${names})`;
}

/** The event's type in words where there are better ones. */
function what({ event: { type, after, container, node, vip }, phase }: OutboxEntry): string {
  const said = phase === "ends" ? ends[type] : says[type];
  if (said !== undefined) return said;
  const [family = "", rest = ""] = type.split(".");
  const words = rest.replaceAll("-", " ");
  if (family === "notice") return `notices to ${String(after)} ${phase === "ends" ? "go out again" : words}`;
  if (phase === "ends") return words === "" ? "is well again" : `was ${words}`;
  return (container ?? node ?? vip) === undefined ? `${family} ${words}` : words;
}

const says: Readonly<Record<string, string>> = {
  "node.silent": "does not answer",
  "node.refused": "refuses us",
  "node.docker-silent": "has a Docker that does not answer",
  "node.up": "answers",
  "heartbeat.failed": "fails its check",
  "controller.isolated": "the controller seems to be cut off",
  "controller.rejoined": "the controller sees its nodes again",
  "config.refused": "the config is broken, and the last good one is used",
  "state.unwritable": "the state folder cannot be written",
  "daemon.lost": "the daemon ended without a word",
  "daemon.unelected": "the daemon is not elected",
  "daemon.leads": "this daemon leads now",
  "container.failed-over": "was failed over",
  "failover.refused": "is not failed over",
  "vip.moved": "has another holder",
  "vip.released": "was released",
};

const ends: Readonly<Record<string, string>> = {
  "node.up": "answers again",
  "node.removed": "was removed",
  "heartbeat.recovered": "passes its check again",
  "container.failed-over": "was failed over",
  "container.moved": "was moved",
  "controller.rejoined": "the controller sees its nodes again",
  "config.reloaded": "the config is right again",
  "state.writable": "the state folder can be written again",
  "daemon.leads": "a daemon leads again",
  "daemon.stands-by": "another daemon leads",
  "vip.moved": "has a holder again",
};

function changeOf({ event: { before, after } }: OutboxEntry): string {
  const plain = (value: unknown): string | undefined =>
    typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  const [from, to] = [plain(before), plain(after)];
  if (from !== undefined && to !== undefined) return `: ${from} → ${to}`;
  return to === undefined ? "" : `: ${to}`;
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
