import { markedSeverity, type Severity } from "../syslog/severity.ts";

/** A line of an rsyslog file, as far as it is counted. */
export interface RsyslogEntry {
  /** `2026-01-31T10:05`, by the clock that stamped it. */
  readonly minute: string;
  readonly host: string;
  /** `-` where it has none. */
  readonly program: string;
  /** What PRI says; undefined where there is none, as in rsyslog's default file format. */
  readonly severity: Severity | undefined;
  /** With what differs each time (numbers, addresses, hexadecimal) as `#`, and cut to 200 characters. */
  readonly message: string;
}

/** For times without a year: the node's. A day later than today was last year. */
export interface Today {
  readonly year: number;
  /** `MM-DD` */
  readonly day: string;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const months = new Map(monthNames.map((name, index) => [name, String(index + 1).padStart(2, "0")]));

/**
 * Reads RFC 3164 (`Jan 31 10:05:00 host tag[1]: …`, or with an ISO 8601 time, as newer rsyslogs write) and RFC 5424
 * (`<34>1 TIME HOST APP PROCID MSGID SD MSG`), both with or without what precedes them. Undefined for anything else.
 */
export function parseLine(line: string, today: Today): RsyslogEntry | undefined {
  const severity = markedSeverity(line);
  const unmarked = severity === undefined ? line : line.slice(line.indexOf(">") + 1);
  const modern = severity !== undefined && unmarked.startsWith("1 ");
  const timed = withoutTime(modern ? unmarked.slice(2) : unmarked, today);
  if (!timed) return undefined;
  const { minute, rest } = timed;
  const [host, said] = word(rest);
  if (host === "" || said === undefined) return undefined;
  const kept = said.slice(0, severity === undefined ? 240 : 1000);
  const { program, text } = modern ? modernMessage(kept) : taggedMessage(kept);
  return { minute, host, program, severity, message: patternOf(text) };
}

/** One text for all messages of a kind. */
function patternOf(text: string): string {
  return text.slice(0, 200).replace(/[0-9][0-9A-Fa-fx.:-]*/g, "#");
}

function withoutTime(text: string, today: Today): { minute: string; rest: string } | undefined {
  if (text[4] === "-" && text[10] === "T") {
    const rest = word(text)[1];
    return rest === undefined ? undefined : { minute: text.slice(0, 16), rest };
  }
  const month = months.get(text.slice(0, 3));
  if (month === undefined || text[3] !== " " || text[15] !== " ") return undefined;
  const day = `${month}-${text.slice(4, 6).replace(/^ /, "0")}`;
  const year = day > today.day ? today.year - 1 : today.year;
  return { minute: `${String(year)}-${day}T${text.slice(7, 12)}`, rest: text.slice(16) };
}

/** `APP PROCID MSGID SD MSG` */
function modernMessage(said: string): { program: string; text: string } {
  const [program, afterProgram = ""] = word(said);
  const [, afterProcess = ""] = word(afterProgram);
  const [, data = ""] = word(afterProcess);
  if (data.startsWith("- ")) return { program, text: data.slice(2) };
  const end = data.startsWith("[") ? data.indexOf("] ") : -1;
  return { program, text: end === -1 ? "" : data.slice(end + 2) };
}

/** `tag[pid]: message`; without a tag it is all message. */
function taggedMessage(said: string): { program: string; text: string } {
  const [tag, text = ""] = word(said);
  if (!tag.endsWith(":")) return { program: "-", text: said };
  const bracket = tag.indexOf("[");
  return { program: bracket > 0 ? tag.slice(0, bracket) : tag.slice(0, -1), text };
}

/** The first word, and what follows its space; undefined where there is none. */
function word(text: string): [string, string | undefined] {
  const space = text.indexOf(" ");
  return space === -1 ? [text, undefined] : [text.slice(0, space), text.slice(space + 1)];
}
