import type { LogRecord } from "../docker/facts.ts";

/**
 * How far a container's log has been read, so that another reading goes on there: of each stream, the time of its last
 * line and how many lines bore that time. By stream, since Docker writes stdout and stderr each in the order of time
 * and both together not quite. A clock that was set back meanwhile may hide lines or show them twice.
 */
export class LogCursor {
  readonly #last = new Map<LogRecord["stream"], Mark>();
  readonly #whole: boolean;
  #first: string | undefined;

  /** `whole`: the first reading began where the log does, so that what comes before its first line is not unwanted. */
  constructor({ whole }: { readonly whole: boolean }) {
    this.#whole = whole;
  }

  /** Milliseconds since the epoch from where the next reading must begin; undefined when nothing has been read. */
  get sinceMs(): number | undefined {
    const times = [...this.#last.values()].map(({ time }) => Math.floor(Date.parse(time)));
    return times.length === 0 ? undefined : Math.max(...times) - overlapMs;
  }

  /** The record has been read. */
  pass({ stream, time }: LogRecord): void {
    const last = this.#last.get(stream);
    this.#first ??= time;
    this.#last.set(stream, { time, lines: last?.time === time ? last.lines + 1 : 1 });
  }

  /** Begins a reading from `sinceMs` or earlier: says of each of its records in turn whether it is one not read yet. */
  resume(): (record: LogRecord) => boolean {
    const marks = new Map((["stdout", "stderr"] as const).map((stream) => [stream, this.#markOf(stream)]));
    return ({ stream, time }) => {
      const mark = marks.get(stream);
      if (mark && time < mark.time) return false;
      const last = mark?.time === time;
      // The last known line ends what is known, whatever the time of what follows it.
      marks.set(stream, last && mark.lines > 1 ? { time, lines: mark.lines - 1 } : undefined);
      return !last;
    };
  }

  #markOf(stream: LogRecord["stream"]): Mark | undefined {
    const last = this.#last.get(stream);
    if (this.#whole || this.#first === undefined || (last && last.time !== this.#first)) return last;
    // How many unwanted lines bear the time of the first wanted one, nobody knows.
    return { time: this.#first, lines: Infinity };
  }
}

interface Mark {
  readonly time: string;
  readonly lines: number;
}

/** By so much a line of one stream may be written after a later one of the other, on a machine that is very busy. */
const overlapMs = 2_000;
