import type { Config, NodeSpec, SshSettings } from "../config/types.ts";
import { PictlError } from "../errors.ts";
import { type Command, script } from "../shell.ts";
import type { Today } from "./parse.ts";
import { countingProgram } from "./program.ts";
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

const check = `
file=$1
[ -e "$file" ] || exit ${String(exitCodes.missing)}
[ -f "$file" ] && [ -r "$file" ] || exit ${String(exitCodes.unreadable)}
`;

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
 * Counts the file where it lies, on as many processors as there are (at most 8), each with a part of its own that
 * begins and ends at a line's end. Prints what `Tally.addCount` reads, ended by one `E` for each part; the first line
 * says how many there are.
 */
export function countCommand(file: string, { today, from, errors, warnings, failures }: TallyOptions): Command {
  const flags = [errors, warnings, failures].map((flag) => (flag ? "1" : "0"));
  return script(counting, file, countingProgram, String(today.year), today.day, from, ...flags);
}

const counting = `${check}
command -v awk >/dev/null || exit ${String(exitCodes.noProgram)}
program=$2 year=$3 today=$4 from=$5 errors=$6 warnings=$7 failures=$8
LC_ALL=C
export LC_ALL file first
size=$(ls -Lln "$file" | awk '{ print $5 }')
parts=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null) || parts=1
[ "$parts" -le 8 ] || parts=8
[ "$size" -ge 8000000 ] || parts=1
# In blocks. dd moves the place where awk goes on: a pipe would cost more than the counting.
step=$((size / parts / 65536 + 1))
seek='dd bs=65536 skip="$first" count=0 2>/dev/null'
count() {
  first=$((part * step))
  {
    eval "$seek"
    awk -v folding="{ $seek; tr 0123456789 0000000000; } <\\"\\$file\\"" -v skip="$((part > 0))" \\
      -v limit="$((step * 65536))" -v year="$year" -v today="$today" -v from="$from" \\
      -v errors="$errors" -v warnings="$warnings" -v failures="$failures" "$program"
  } <"$file"
}
echo "$parts"
part=0
if [ "$parts" = 1 ]; then count; exit; fi
folder=$(mktemp -d "\${TMPDIR:-/tmp}/pictl-XXXXXXXXXX") || exit 73
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
while [ "$part" -lt "$parts" ]; do
  count >"$folder/$part" &
  part=$((part + 1))
done
wait
cat "$folder"/*
`;

/** The file itself, compressed. */
export function sendCommand(file: string): Command {
  return script(
    `${check}command -v gzip >/dev/null || exit ${String(exitCodes.noProgram)}\nexec gzip -1 -c <"$file"`,
    file,
  );
}
