import { effect, signal } from "@preact/signals";
import { containers, nodes } from "./store.ts";

/** What was used at a time; null where nobody could tell. */
export interface Sample {
  readonly atMs: number;
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly received: number | null;
  readonly sent: number | null;
}

/** Lines of a chart, each with its name, and how their values are said. */
export interface Lines {
  readonly series: readonly (readonly [string, (sample: Sample) => number | null])[];
  readonly text: (value: number | null | undefined) => string;
}

/** Ten minutes at one every two seconds. */
const kept = 300;
/** Of so many containers everything is kept from the start; of more, that of those that somebody opens. */
const few = 200;

const samples = new Map<string, readonly Sample[]>();
const opened = new Set<string>();
const turn = signal(0);

/** The last ten minutes of a node or `container@node`, the newest last; it goes on by itself. */
export function samplesOf(key: string): readonly Sample[] {
  opened.add(key);
  return turn.value < 0 ? [] : (samples.get(key) ?? []);
}

effect(() => {
  const rows = containers.value;
  for (const row of rows) {
    if (row.useAtMs === null || (rows.length > few && !opened.has(row.key))) continue;
    put(row.key, {
      atMs: row.useAtMs,
      cpu: row.cpuPercent,
      memory: row.memoryBytes,
      received: row.networkRxBytesPerSecond,
      sent: row.networkTxBytesPerSecond,
    });
  }
  turn.value = turn.peek() + 1;
});

effect(() => {
  for (const { node, use, seenAtMs } of nodes.value) {
    if (!use || seenAtMs === null) continue;
    put(node, {
      atMs: seenAtMs,
      cpu: use.cpuPercent,
      memory: use.memoryBytes,
      received: use.networkRxBytesPerSecond,
      sent: use.networkTxBytesPerSecond,
    });
  }
  turn.value = turn.peek() + 1;
});

function put(key: string, sample: Sample): void {
  const before = samples.get(key) ?? [];
  if (before.at(-1)?.atMs === sample.atMs) return;
  samples.set(key, [...before.slice(-kept + 1), sample]);
}
