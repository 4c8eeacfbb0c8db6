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

/** So many names of a kind are remembered. */
const maxNames = 20_000;

/** Counts of names. When there are too many, the rarest are forgotten (lossy counting, Manku 2002). */
class Counts extends Map<string, number> {
  #floor = 0;

  increase(name: string, by: number): void {
    this.set(name, (this.get(name) ?? 0) + by);
    while (this.size > maxNames) {
      this.#floor += 1;
      for (const [each, count] of this) if (count <= this.#floor) this.delete(each);
    }
  }
}

/** Counts of a log, in memory that grows only with its minutes. Fed with lines, or with what `countCommand` prints. */
export class Tally {
  readonly hosts = new Counts();
  readonly minutes = new Map<string, number>();
  readonly programs = new Counts();
  readonly severities = new Map<Severity, number>();
  lines = 0;
  counted = 0;
  /** Lines that are no syslog. */
  odd = 0;
  /** Parts whose counts came to their end. */
  parts = 0;
  readonly #messages = new Counts();

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
    this.hosts.increase(host, 1);
    increase(this.minutes, minute, 1);
    this.programs.increase(program, 1);
    increase(this.severities, severity, 1);
    this.#message({ severity, program, message, count: 1 });
  }

  /** One line of what `countCommand` prints; false for anything else. */
  addCount(line: string): boolean {
    const [kind, number = "", first = "", second = "", ...rest] = line.split("\t");
    const count = Number(number);
    if (!Number.isSafeInteger(count) || count < 0) return false;
    if (kind === "H") this.hosts.increase(first, count);
    else if (kind === "T") increase(this.minutes, first, count);
    else if (kind === "P") this.programs.increase(first, count);
    else if (kind === "S") increase(this.severities, first as Severity, count);
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
    return [...this.#messages]
      .map(([name, times]) => {
        const [severity = "", program = "", ...message] = name.split("\t");
        return { severity: severity as Severity, program, message: message.join("\t"), count: times };
      })
      .sort((a, b) => b.count - a.count || (a.message < b.message ? -1 : 1))
      .slice(0, count);
  }

  #message(given: MessageCount): void {
    // What is left of a hexadecimal number that begins with letters.
    const message = given.message.replace(/(^|[^0-9A-Za-z])[A-Fa-f]{1,15}#/g, "$1#");
    this.#messages.increase(`${given.severity}\t${given.program}\t${message}`, given.count);
  }
}

function isAsked({ errors, warnings, failures }: TallyOptions, severity: Severity, message: string): boolean {
  if (!errors && !warnings && !failures) return true;
  return (errors && isError(severity)) || (warnings && severity === "warning") || (failures && isFailure(message));
}

function increase<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
