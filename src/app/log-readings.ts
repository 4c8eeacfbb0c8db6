import type { Config } from "../domain/config/types.ts";
import type { LogRecord } from "../domain/docker/facts.ts";
import { followLog, type LogPosition, unread } from "./follow-log.ts";
import { mergeLogs } from "./merge-logs.ts";
import type { NodeWatch } from "./node-watch.ts";
import { nodeOf } from "./observe.ts";
import type { LogOptions, Ports } from "./ports.ts";

/** Which lines of the logs are wanted, and where to. */
export interface LogWish {
  readonly config: Config;
  readonly follow: boolean;
  /** Lines from the end of each container's log; undefined for all. */
  readonly tail: number | undefined;
  /** Milliseconds since the epoch; undefined for all. */
  readonly sinceMs: number | undefined;
  /** Only lines that match. */
  readonly grep: RegExp | undefined;
  /** In [0, 1). */
  readonly random: () => number;
  readonly output: LogRows;
}

export interface LogRows {
  /** While a returned promise is pending, no more is read. */
  line(row: LogRow): void | Promise<void>;
  /** Nothing more is there for the moment. */
  idle(): void | Promise<void>;
}

export interface LogRow extends LogRecord {
  readonly container: string;
  readonly node: string;
}

/** What a followed record waits for earlier ones from other nodes. */
const followWindowMs = 250;

export interface LogSource extends LogPosition {
  /** What was there when the command began has been read. */
  begun: boolean;
}

type ReadingPorts = Pick<Ports, "engines" | "clock" | "signal">;

/** A log came to its end, or failed with `error`. */
type OnEnd = (source: LogSource, error: unknown) => void;

/** What is there. Before a log is followed from its end, its last line is read to know that end. */
export async function readPast(
  ports: ReadingPorts,
  sources: readonly LogSource[],
  input: LogWish,
  onEnd: OnEnd,
): Promise<void> {
  const { follow, tail, sinceMs } = input;
  const blind = follow && tail === 0;
  const options = { follow: false, tail: blind ? 1 : tail, since: seconds(sinceMs) };
  await merged(ports, sources, {
    windowMs: Infinity,
    records: (source) => unread(source.cursor, records(ports, input.config, source, options)),
    output: blind ? { line: () => undefined, idle: () => undefined } : input.output,
    grep: input.grep,
    onEnd,
  });
}

/** What comes. */
export async function readComing(
  ports: ReadingPorts,
  sources: readonly LogSource[],
  input: LogWish & { readonly watch: NodeWatch },
  onEnd: OnEnd,
): Promise<void> {
  const { config, watch, random, tail } = input;
  // A log that was empty is followed from where it would have begun; of one that was not read, a line too many is
  // better than one that is lost.
  const lines = (source: LogSource): number | undefined =>
    source.begun || source.cursor.sinceMs !== undefined || tail === undefined ? undefined : Math.max(1, tail);
  await merged(ports, sources, {
    windowMs: followWindowMs,
    records: (source) =>
      followLog(ports, source, {
        cluster: config.cluster,
        watch,
        random,
        open: (position) =>
          records(ports, config, position, {
            follow: true,
            tail: lines(source),
            since: seconds(position.cursor.sinceMs ?? input.sinceMs),
          }),
      }),
    output: input.output,
    grep: input.grep,
    onEnd,
  });
}

async function* records(
  ports: ReadingPorts,
  config: Config,
  { node, id }: LogPosition,
  options: Omit<LogOptions, "signal">,
): AsyncGenerator<LogRecord> {
  const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
  yield* engine.logs(id, { ...options, signal: ports.signal });
}

interface Merged {
  readonly windowMs: number;
  readonly records: (source: LogSource) => AsyncIterable<LogRecord>;
  readonly output: LogRows;
  readonly grep: RegExp | undefined;
  readonly onEnd: OnEnd;
}

async function merged(ports: ReadingPorts, sources: readonly LogSource[], merging: Merged): Promise<void> {
  const { output, grep } = merging;
  await mergeLogs({
    sources: sources.map((source) => () => merging.records(source)),
    windowMs: merging.windowMs,
    clock: ports.clock,
    onRecord: (index, record) => {
      const source = sources[index];
      if (!source || (grep && !grep.test(record.line))) return undefined;
      const { time, stream, line } = record;
      return output.line({ time, container: source.container, node: source.node, stream, line });
    },
    onEnd: (index, error) => {
      const source = sources[index];
      if (source) merging.onEnd(source, error);
    },
    onIdle: () => output.idle(),
  });
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
