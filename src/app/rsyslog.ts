import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import { grade } from "../domain/exec/grade.ts";
import {
  clockCommand,
  countCommand,
  exitCodes,
  parseClockAnswer,
  rsyslogNode,
  sendCommand,
} from "../domain/rsyslog/command.ts";
import { histogram, type Histogram } from "../domain/rsyslog/histogram.ts";
import { type MessageCount, Tally, type TallyOptions } from "../domain/rsyslog/tally.ts";
import { severities, type Severity } from "../domain/syslog/severity.ts";
import type { SyslogFilter } from "../domain/syslog/filter.ts";
import { visible } from "../domain/text.ts";
import { linesOf } from "./kit/streams/lines.ts";
import type { Connection, Outcome, Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export type RsyslogPorts = Pick<Ports, "nodes" | "scripts" | "signal" | "progress" | "clock">;

export interface RsyslogInput {
  readonly config: Config;
  readonly filter: SyslogFilter;
  /** Milliseconds since the epoch; undefined for all. */
  readonly sinceMs: number | undefined;
  /** How many hosts, programs and messages are told. */
  readonly top: number;
  readonly sudo: boolean;
}

export interface Analysis {
  readonly node: string;
  readonly file: string;
  /** In the file, asked for, and such as are no syslog. */
  readonly lines: number;
  readonly counted: number;
  readonly unreadable: number;
  readonly hosts: readonly { readonly host: string; readonly count: number }[];
  readonly severities: readonly { readonly severity: Severity; readonly count: number }[];
  readonly programs: readonly { readonly program: string; readonly count: number }[];
  readonly histogram: Histogram;
  readonly messages: readonly MessageCount[];
  readonly durationMs: number;
}

const timeoutMs = 3_600_000;

/**
 * What stands in the rsyslog file, counted where it lies; only the counts cross the line. With `grep`, and where the
 * node has no Perl, the file is sent compressed and counted here. In either case in memory that grows only with the
 * minutes in it: of too many hosts, programs or messages the rarest are forgotten.
 */
export async function analyseRsyslog(
  ports: RsyslogPorts,
  input: RsyslogInput,
): Promise<Report<{ analyses: readonly Analysis[] }>> {
  const node = rsyslogNode(input.config);
  const file = input.config.rsyslog?.logfile ?? "";
  const startedAt = ports.clock.monotonic();
  const step = ports.progress.step(node.name, `count ${file}`);
  try {
    const connection = await ports.nodes.connect(node, ports.signal);
    const options = await optionsOn(ports, connection, input);
    const job = { ...input, connection, file, options };
    const tally = (input.filter.grep ? undefined : await countThere(ports, job)) ?? (await countHere(ports, job));
    step.done();
    if (tally.lines > 0 && tally.odd === tally.lines) {
      ports.progress.warn(
        `No line of ${file} on ${node.name} is one of syslog (RFC 3164 or 5424). Is it compressed, or the log of something else?`,
      );
    }
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    return { result: { analyses: [{ node: node.name, file, ...told(tally, input.top), durationMs }] }, failures: [] };
  } catch (error) {
    step.fail();
    throw error instanceof PictlError ? error.at({ node: node.name }) : error;
  }
}

interface Job extends RsyslogInput {
  readonly connection: Connection;
  readonly file: string;
  readonly options: TallyOptions;
}

async function optionsOn(
  { signal }: RsyslogPorts,
  connection: Connection,
  { filter, sinceMs }: RsyslogInput,
): Promise<TallyOptions> {
  const outcome = await connection.run(clockCommand((sinceMs ?? 0) / 1000), { signal });
  const clock = parseClockAnswer(outcome.stdout);
  if (!clock || outcome.status !== "ok") {
    throw new PictlError("command-failed", "The node does not say what time it is there.", {
      hint: "`date` must know `-d @SECONDS`, as GNU's and busybox's do; without `--since` it need not.",
    });
  }
  const midnight = filter.today ? `${String(clock.today.year)}-${clock.today.day}T00:00` : "";
  const { errors, warnings, failures } = filter;
  return { today: clock.today, from: midnight > clock.since ? midnight : clock.since, errors, warnings, failures };
}

/** Undefined when the node has no Perl. */
async function countThere({ scripts, signal }: RsyslogPorts, job: Job): Promise<Tally | undefined> {
  const { connection, file, options, sudo } = job;
  const tally = new Tally();
  let parts = 0;
  const feed = linesOf((line) => {
    if (!tally.addCount(line)) parts = Number(line);
  });
  const outcome = await connection.run(countCommand(await scripts.read("rsyslog.pl"), file, options), {
    sudo,
    signal,
    timeoutMs,
    maxOutputBytes: 4096,
    onStdout: feed,
  });
  if (outcome.code === exitCodes.noProgram) return undefined;
  if (outcome.status !== "ok") throw notRead(outcome, job);
  if (parts > 0 && tally.parts === parts) return tally;
  const said = outcome.stderr.trim().split("\n").at(-1) ?? "";
  throw new PictlError(
    "command-failed",
    `Counting ${file} ended before all of it was counted${said === "" ? "." : `: ${said}`}`,
    {
      hint: "The node may have run out of memory or of room in its /tmp.",
    },
  );
}

async function countHere({ signal }: RsyslogPorts, job: Job): Promise<Tally> {
  const { connection, file, options, sudo, filter } = job;
  const tally = new Tally();
  const feed = linesOf((line) => {
    if (filter.grep && !filter.grep.test(line)) tally.lines += 1;
    else tally.add(line, options);
  });
  const unpacking = new DecompressionStream("gzip");
  const packed = unpacking.writable.getWriter();
  const reading = readAll(unpacking.readable, feed);
  reading.catch(() => undefined);
  const outcome = await connection.run(sendCommand(file), {
    sudo,
    signal,
    timeoutMs,
    maxOutputBytes: 4096,
    onStdout: (chunk) => packed.write(Uint8Array.from(chunk)),
  });
  if (outcome.status !== "ok") {
    await packed.abort().catch(() => undefined);
    throw notRead(outcome, job);
  }
  await packed.close();
  await reading;
  return tally;
}

async function readAll(source: AsyncIterable<unknown>, feed: (chunk: Uint8Array) => void): Promise<void> {
  let last: number | undefined;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    feed(chunk);
    last = chunk.at(-1);
  }
  if (last !== undefined && last !== newline) feed(Uint8Array.of(newline));
}

const newline = 0x0a;

function notRead(outcome: Exclude<Outcome, { status: "ok" }>, { connection, file, config }: Job): PictlError {
  const { node } = connection;
  if (outcome.code === exitCodes.missing) {
    return new PictlError("command-failed", `There is no ${file} on the node.`, {
      node,
      hint: `\`rsyslog_logfile\` in the config names it, and \`rsyslog_host\` (${config.rsyslog?.host ?? ""}) where it is.`,
    });
  }
  if (outcome.code === exitCodes.unreadable) {
    return new PictlError("command-failed", `${file} is no file, or none that this login may read.`, {
      node,
      hint: "`ls -l` on the node tells which. Say `--sudo`, or add the user to the group adm.",
    });
  }
  if (outcome.code === exitCodes.noProgram) {
    return new PictlError("command-failed", "The node has neither Perl, to count the file, nor gzip, to send it.", {
      node,
    });
  }
  const { failure } = grade(outcome, { node, timeoutMs });
  const said = visible(outcome.stderr.trim().split("\n").at(-1) ?? "");
  return new PictlError(
    failure?.code ?? "command-failed",
    `Reading ${file} failed. ${said === "" ? (failure?.message ?? "") : said}`,
    {
      node,
    },
  );
}

function told(tally: Tally, top: number): Omit<Analysis, "node" | "file" | "durationMs"> {
  const { lines, counted, odd } = tally;
  return {
    lines,
    counted,
    unreadable: odd,
    hosts: commonest(tally.hosts, top).map(([host, count]) => ({ host, count })),
    severities: severities.flatMap((severity) => {
      const count = tally.severities.get(severity);
      return count === undefined ? [] : [{ severity, count }];
    }),
    programs: commonest(tally.programs, top).map(([program, count]) => ({ program, count })),
    histogram: histogram(tally.minutes),
    messages: tally.top(top),
  };
}

function commonest(counts: ReadonlyMap<string, number>, top: number): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, top);
}
