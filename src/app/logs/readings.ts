import type { Config } from "../../domain/config/types.ts";
import type { LogRecord } from "../../domain/docker/facts.ts";
import type { Matcher } from "../../domain/regular-expression.ts";
import { followLog, type FollowOptions, type FollowedLog, unread } from "./follow.ts";
import { mergeLogs } from "./merge.ts";
import type { NodeWatch } from "./node-watch.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { LogOptions, Ports } from "../ports.ts";

/** Which lines of the logs are wanted, and where to. */
export interface LogWish {
  readonly config: Config;
  readonly follow: boolean;
  /** Lines from the end of each container's log, of those that match `grep`; undefined for all. */
  readonly tail: number | undefined;
  /** Milliseconds since the epoch; undefined for all. */
  readonly sinceMs: number | undefined;
  /** Only lines that match. */
  readonly grep: Matcher | undefined;
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

export interface LogSource extends FollowedLog {
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
  await merged(ports, sources, {
    windowMs: Infinity,
    records: (source) => unread(source.cursor, past(ports, input, { node: source.node, id: source.id ?? "" })),
    output: isBlind(input) ? { line: () => undefined, idle: () => undefined } : input.output,
    grep: input.grep,
    onEnd,
  });
}

export interface ComingWish extends LogWish {
  readonly watch: NodeWatch;
  /** See `FollowOptions`. */
  readonly next: (source: LogSource) => ReturnType<FollowOptions["next"]>;
  /** A log has ended that will not go on. */
  readonly over: (source: LogSource) => Promise<void>;
}

/** What comes, and of logs that have not been read yet also what was there. */
export async function readComing(
  ports: ReadingPorts,
  sources: readonly LogSource[],
  input: ComingWish,
  onEnd: OnEnd,
): Promise<void> {
  await merged(ports, sources, {
    windowMs: followWindowMs,
    records: (source) => coming(ports, source, input),
    output: input.output,
    grep: input.grep,
    onEnd,
  });
}

/** Whether only what comes is wanted. */
function isBlind({ follow, tail }: LogWish): boolean {
  return follow && tail === 0;
}

function past(ports: ReadingPorts, input: LogWish, place: LogPlace): AsyncIterable<LogRecord> {
  const { config, tail, sinceMs, grep } = input;
  const read = (lines: number | undefined): AsyncIterable<LogRecord> =>
    records(ports, config, place, { follow: false, tail: lines, since: seconds(sinceMs) });
  if (isBlind(input)) return read(1);
  return grep && tail ? lastMatching(read(undefined), { grep, count: tail }) : read(tail);
}

/** The last records that match, and the very last one in any case, so that a log is followed from its end. */
export async function* lastMatching(
  records: AsyncIterable<LogRecord>,
  { grep, count }: { readonly grep: Matcher; readonly count: number },
): AsyncGenerator<LogRecord> {
  let matching: LogRecord[] = [];
  let last: LogRecord | undefined;
  for await (const record of records) {
    last = record;
    if (!grep.test(record.line)) continue;
    matching.push(record);
    // Not at each of them, which would cost as much as there are.
    if (matching.length >= 2 * count) matching = matching.slice(-count);
  }
  yield* matching.slice(-count);
  if (last !== undefined && last !== matching.at(-1)) yield last;
}

async function* coming(ports: ReadingPorts, source: LogSource, input: ComingWish): AsyncGenerator<LogRecord> {
  const { config, watch, random, next } = input;
  yield* followLog(ports, source, {
    cluster: config.cluster,
    watch,
    random,
    next: () => next(source),
    open: (place) => {
      if (!source.begun && source.cursor.sinceMs === undefined) return begin(source, past(ports, input, place));
      const since = seconds(source.cursor.sinceMs ?? input.sinceMs);
      return records(ports, config, place, { follow: true, tail: undefined, since });
    },
  });
  await input.over(source);
}

async function* begin(source: LogSource, records: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord> {
  yield* records;
  source.begun = true;
}

interface LogPlace {
  readonly node: string;
  /** Docker's, of the container. */
  readonly id: string;
}

async function* records(
  ports: ReadingPorts,
  config: Config,
  { node, id }: LogPlace,
  options: Omit<LogOptions, "signal">,
): AsyncGenerator<LogRecord> {
  const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
  yield* engine.logs(id, { ...options, signal: ports.signal });
}

interface Merged {
  readonly windowMs: number;
  readonly records: (source: LogSource) => AsyncIterable<LogRecord>;
  readonly output: LogRows;
  readonly grep: Matcher | undefined;
  readonly onEnd: OnEnd;
}

async function merged(ports: ReadingPorts, sources: readonly LogSource[], merging: Merged): Promise<void> {
  const { output, grep } = merging;
  await mergeLogs<LogRow>({
    sources: sources.map((source) => () => rows(source, merging.records(source))),
    windowMs: merging.windowMs,
    clock: ports.clock,
    onRecord: (_source, row) => (grep && !grep.test(row.line) ? undefined : output.line(row)),
    onEnd: (index, error) => {
      const source = sources[index];
      if (source) merging.onEnd(source, error);
    },
    onIdle: () => output.idle(),
  });
}

/** Each with the node that its container was on then. */
async function* rows(source: LogSource, records: AsyncIterable<LogRecord>): AsyncGenerator<LogRow> {
  for await (const { time, stream, line } of records) {
    yield { time, container: source.container, node: source.node, stream, line };
  }
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
