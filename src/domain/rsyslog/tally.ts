import { isError, isFailure, type Severity, severityOfWords } from "../syslog/severity.ts";
import { parseLine, type Today } from "./parse.ts";

export interface TallyOptions {
  readonly today: Today;
  /** The first minute that counts; empty for all. */
  readonly from: string;
  readonly errors: boolean;
  readonly warnings: boolean;
  readonly failures: boolean;
}

export interface MessageCount {
  readonly severity: Severity;
  readonly program: string;
  readonly message: string;
  readonly count: number;
}

/** More messages than these differ in more than numbers; the rarest are forgotten (lossy counting, Manku 2002). */
const maxMessages = 20_000;

/** Counts of a log, in memory that does not grow with it. Fed with lines, or with what `countCommand` prints. */
export class Tally {
  readonly hosts = new Map<string, number>();
  readonly minutes = new Map<string, number>();
  readonly programs = new Map<string, number>();
  readonly severities = new Map<Severity, number>();
  lines = 0;
  counted = 0;
  /** Lines that are no syslog. */
  odd = 0;
  /** Parts whose counts came to their end. */
  parts = 0;
  #messages = new Map<string, MessageCount>();
  #floor = 0;

  add(line: string, options: TallyOptions): void {
    this.lines += 1;
    const entry = parseLine(line, options.today);
    if (!entry) {
      this.odd += 1;
      return;
    }
    const { minute, host, program, message } = entry;
    if (minute < options.from) return;
    const severity = entry.severity ?? severityOfWords(message);
    if (!isAsked(options, severity, message)) return;
    this.counted += 1;
    increase(this.hosts, host, 1);
    increase(this.minutes, minute, 1);
    this.#level(severity, program, 1);
    this.#message({ severity, program, message, count: 1 });
  }

  /** One line of what `countCommand` prints; false for anything else. */
  addCount(line: string): boolean {
    const [kind, number = "", first = "", second = "", ...rest] = line.split("\t");
    const count = Number(number);
    if (!Number.isSafeInteger(count) || count < 0) return false;
    if (kind === "H") increase(this.hosts, first, count);
    else if (kind === "T") increase(this.minutes, first, count);
    else if (kind === "L") this.#level(first as Severity, second, count);
    else if (kind === "M") {
      this.#message({ severity: first as Severity, program: second, message: rest.join("\t"), count });
    } else if (kind === "E") {
      this.lines += count;
      this.counted += Number(first);
      this.odd += Number(second);
      this.parts += 1;
    } else return false;
    return true;
  }

  /** The commonest first. */
  top(count: number): readonly MessageCount[] {
    return [...this.#messages.values()]
      .sort((a, b) => b.count - a.count || (a.message < b.message ? -1 : 1))
      .slice(0, count);
  }

  #level(severity: Severity, program: string, count: number): void {
    increase(this.programs, program, count);
    increase(this.severities, severity, count);
  }

  #message(given: MessageCount): void {
    // What is left of a hexadecimal number that begins with letters.
    const message = given.message.replace(/(^|[^0-9A-Za-z])[A-Fa-f]{1,15}#/g, "$1#");
    const more = { ...given, message };
    const key = `${more.severity}\t${more.program}\t${more.message}`;
    this.#messages.set(key, { ...more, count: (this.#messages.get(key)?.count ?? 0) + more.count });
    while (this.#messages.size > maxMessages) {
      this.#floor += 1;
      for (const [each, { count }] of this.#messages) if (count <= this.#floor) this.#messages.delete(each);
    }
  }
}

function isAsked({ errors, warnings, failures }: TallyOptions, severity: Severity, message: string): boolean {
  if (!errors && !warnings && !failures) return true;
  return (errors && isError(severity)) || (warnings && severity === "warning") || (failures && isFailure(message));
}

function increase<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
