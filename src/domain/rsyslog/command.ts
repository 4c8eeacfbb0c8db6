import type { Config, NodeSpec, SshSettings } from "../config/types.ts";
import { PictlError } from "../errors.ts";
import { type Command, script } from "../shell.ts";
import { failureWords, severityWords } from "../syslog/severity.ts";
import type { Today } from "./parse.ts";
import type { TallyOptions } from "./tally.ts";

/**
 * The node that the rsyslog host is: by its name, else by its address. A host outside the layout is reached with the
 * settings that all nodes share. Throws usage when the config names none.
 */
export function rsyslogNode(config: Config): NodeSpec {
  const { rsyslog, nodes } = config;
  if (!rsyslog) {
    throw new PictlError("usage", "The config names no rsyslog file.", {
      hint: 'Set both: `"rsyslog_host": "NODE"` and `"rsyslog_logfile": "/var/log/syslog"`.',
    });
  }
  const { host } = rsyslog;
  const node = nodes.find(({ name }) => name === host) ?? nodes.find(({ address }) => address === host);
  return node ?? { name: host, address: host, ssh: shared(nodes.map(({ ssh }) => ssh)), labels: {}, cordoned: false };
}

function shared([first = {}, ...others]: readonly SshSettings[]): SshSettings {
  const same = Object.entries(first).filter(([key, value]) =>
    others.every((each) => each[key as keyof SshSettings] === value),
  );
  return Object.fromEntries(same);
}

/** The exit codes of `countCommand` and `sendCommand` that say why there is nothing (sysexits.h). */
export const exitCodes = { missing: 66, unreadable: 77, noProgram: 69 } as const;

/** What day it is on the node, and the minute there at that time (seconds since the epoch, 0 for none). */
export function clockCommand(sinceSeconds: number): Command {
  return script(
    `date '+%Y %m-%d' && if [ "$1" != 0 ]; then date -d "@$1" '+%Y-%m-%dT%H:%M'; fi`,
    String(Math.floor(sinceSeconds)),
  );
}

/** Reads what `clockCommand` printed; undefined for garbage. */
export function parseClockAnswer(output: string): { today: Today; since: string } | undefined {
  const match = /^(\d{4}) (\d\d-\d\d)\n(?:(\d{4}-\d\d-\d\dT\d\d:\d\d)\n)?$/.exec(output);
  if (!match) return undefined;
  const [, year, day = "", since = ""] = match;
  return { today: { year: Number(year), day }, since };
}

/**
 * Counts the file where it lies by `program` (`templates/rsyslog.pl`). Prints what `Tally.addCount` reads, ended by one
 * `E` for each part that was counted by itself; the first line says how many there are.
 */
export function countCommand(program: string, file: string, options: TallyOptions): Command {
  const { today, from, errors, warnings, failures } = options;
  const flags = [errors, warnings, failures].map((flag) => (flag ? "1" : ""));
  return script(
    `command -v perl >/dev/null || exit ${String(exitCodes.noProgram)}\nprogram=$1\nshift\nexec perl -e "$program" -- "$@"`,
    ...[program, file, String(today.year), today.day, from, ...flags],
    ...[failureWords, ...Object.entries(severityWords).flat()],
  );
}

/** The file itself, compressed. */
export function sendCommand(file: string): Command {
  return script(
    `[ -e "$1" ] || exit ${String(exitCodes.missing)}
[ -f "$1" ] && [ -r "$1" ] || exit ${String(exitCodes.unreadable)}
command -v gzip >/dev/null || exit ${String(exitCodes.noProgram)}
exec gzip -1 -c <"$1"`,
    file,
  );
}
