import type { Config, Placement } from "../domain/config/types.ts";
import { ours } from "../domain/container/ownership.ts";
import type { LogRecord } from "../domain/docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { fanOut } from "./fan-out.ts";
import { mergeLogs } from "./merge-logs.ts";
import { nodeOf, observer } from "./observe.ts";
import type { LogOptions, Ports } from "./ports.ts";
import type { Report } from "./report.ts";

export type LogsPorts = Pick<Ports, "engines" | "clock" | "signal" | "concurrency">;

export interface LogsInput {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly follow: boolean;
  /** Lines from the end of each container's log; undefined for all. */
  readonly tail: number | undefined;
  /** Milliseconds since the epoch; undefined for all. */
  readonly sinceMs: number | undefined;
  /** Only lines that match. */
  readonly grep: RegExp | undefined;
  readonly output: LogOutput;
}

export interface LogOutput {
  /** While a returned promise is pending, no more is read. */
  line(row: LogRow): void | Promise<void>;
  /** A followed log is over. */
  ended(place: { readonly container: string; readonly node: string }): void;
  /** Nothing more is there for the moment. */
  idle(): void | Promise<void>;
}

export interface LogRow extends LogRecord {
  readonly container: string;
  readonly node: string;
}

/** What a followed record waits for earlier ones from other nodes. */
const followWindowMs = 250;

/**
 * Reads the logs of containers from all their nodes, in the order of time and in constant memory. A container that is
 * missing or not ours, and a node that fails, is a failure; the others go on. Followed until every log has ended or
 * the signal is aborted, which is an exit code of 130 and no failure.
 */
export async function readLogs(ports: LogsPorts, input: LogsInput): Promise<Report<object>> {
  const observe = observer(ports, input.config);
  const { results: found, failures: missing } = await fanOut(ports, input.placements, {
    place: ({ container, node }) => ({ container, node }),
    work: async (placement): Promise<Source> => {
      const { container, node } = placement;
      const facts = ours(await observe.containers(node), container, input.config.cluster);
      if (!facts) throw containerMissing(container);
      const engine = await ports.engines.on(nodeOf(input.config, node), ports.signal);
      return { container, node, last: undefined, failed: false, logs: (options) => engine.logs(facts.id, options) };
    },
  });
  const failures: Failure[] = [...missing];
  const fail = (source: Source, error: unknown): void => {
    source.failed = true;
    failures.push(toFailure(error, source));
  };
  const { tail, sinceMs } = input;
  const since = sinceMs === undefined ? undefined : sinceMs / 1000;

  await read(ports, found, input, {
    windowMs: Infinity,
    options: () => ({ follow: false, tail, since }),
    onEnd: (source, error) => {
      if (error !== undefined && !ports.signal.aborted) fail(source, error);
    },
  });
  if (input.follow && !ports.signal.aborted) {
    const alive = found.filter((source) => !source.failed);
    await read(ports, alive, input, {
      windowMs: followWindowMs,
      // A log that was empty is followed from where it would have begun.
      options: ({ last }) =>
        last === undefined
          ? { follow: true, tail: tail === 0 ? 0 : undefined, since }
          : { follow: true, tail: undefined, since: secondsOf(last) },
      onEnd: (source, error) => {
        if (ports.signal.aborted) return;
        if (error === undefined) input.output.ended({ container: source.container, node: source.node });
        else fail(source, error);
      },
    });
  }
  await input.output.idle();
  if (!ports.signal.aborted) return { result: {}, failures };
  const cut = toFailure(new PictlError("interrupted", "Interrupted before the logs were read to their end."));
  return { result: {}, failures: input.follow ? failures : [...failures, cut], exitCode: 130 };
}

interface Source {
  readonly container: string;
  readonly node: string;
  readonly logs: (options: LogOptions) => AsyncIterable<LogRecord>;
  /** The latest time read. */
  last: string | undefined;
  failed: boolean;
}

interface Reading {
  readonly windowMs: number;
  readonly options: (source: Source) => Omit<LogOptions, "signal">;
  readonly onEnd: (source: Source, error: unknown) => void;
}

async function read(ports: LogsPorts, sources: readonly Source[], input: LogsInput, reading: Reading): Promise<void> {
  const { output, grep } = input;
  await mergeLogs({
    sources: sources.map((source) => () => unread(source, { ...reading.options(source), signal: ports.signal })),
    windowMs: reading.windowMs,
    clock: ports.clock,
    onRecord: (index, record) => {
      const source = sources[index];
      if (!source) return undefined;
      if (source.last === undefined || record.time > source.last) source.last = record.time;
      if (grep && !grep.test(record.line)) return undefined;
      const { time, stream, line } = record;
      return output.line({ time, container: source.container, node: source.node, stream, line });
    },
    onEnd: (index, error) => {
      const source = sources[index];
      if (source) reading.onEnd(source, error);
    },
    onIdle: () => output.idle(),
  });
}

/** Without the records at the beginning that were read before. */
async function* unread(source: Source, options: LogOptions): AsyncGenerator<LogRecord> {
  const { last } = source;
  for await (const record of source.logs(options)) {
    if (last === undefined || record.time > last) yield record;
  }
}

/** A little earlier than the time, since a float holds no nanoseconds. */
function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) - 1) / 1000;
}

function containerMissing(container: string): PictlError {
  return new PictlError("container-missing", `There is no container "${container}" on the node.`, {
    hint: `Make it with \`pictl create ${container}\`.`,
  });
}
