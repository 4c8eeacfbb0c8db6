import type { Config, NodeSpec } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import { grade } from "../domain/exec/grade.ts";
import { syslogCommand } from "../domain/syslog/command.ts";
import { type Day, dayCommand, parseDay } from "../domain/syslog/day.ts";
import { lineFilter, type SyslogFilter } from "../domain/syslog/filter.ts";
import { visible } from "../domain/text.ts";
import { fanOut } from "./kit/fan-out.ts";
import { linesOf } from "./kit/streams/lines.ts";
import type { Connection, Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";

export interface SyslogRow {
  readonly node: string;
  readonly line: string;
}

export interface SyslogInput {
  readonly config: Config;
  readonly nodes: readonly NodeSpec[];
  readonly filter: SyslogFilter;
  /** The last lines of each node that pass the filter; undefined for all. */
  readonly tail: number | undefined;
  /** Run as root. */
  readonly sudo: boolean;
  /** While a returned promise is pending, the node is made to wait. */
  readonly onLine: (row: SyslogRow) => void | Promise<void>;
  /** Nothing more is there for the moment. */
  readonly onIdle: () => void | Promise<void>;
}

const timeoutMs = 600_000;

/** Runs the `syslog` command of the config on every node at once, and hands on the lines that pass the filter. */
export async function readSyslog(
  ports: Pick<Ports, "nodes" | "signal" | "concurrency">,
  input: SyslogInput,
): Promise<Report<object>> {
  const { failures } = await fanOut(ports, input.nodes, {
    place: (node) => ({ node: node.name }),
    work: async (node) => {
      const connection = await ports.nodes.connect(node, ports.signal);
      const day = input.filter.today ? await dayOn(connection, ports.signal) : undefined;
      await readOne(ports, { ...input, node, connection, day });
    },
  });
  return { result: {}, failures };
}

async function readOne(
  { signal }: Pick<Ports, "signal">,
  input: SyslogInput & { readonly node: NodeSpec; readonly connection: Connection; readonly day: Day | undefined },
): Promise<void> {
  const { tail, sudo, config, connection } = input;
  const node = input.node.name;
  const passes = lineFilter(input.filter, input.day);
  const kept: string[] = [];
  let pending: void | Promise<void>;
  const feed = linesOf((line) => {
    if (line === "" || !passes(line)) return;
    if (tail === undefined) {
      // Of the lines of a chunk, any may find the reader behind.
      pending = input.onLine({ node, line }) ?? pending;
      return;
    }
    kept.push(line);
    // Cut seldom, so that a line costs no copy of the others.
    if (kept.length >= 2 * tail + 1000) kept.splice(0, kept.length - tail);
  });
  const outcome = await connection.run(syslogCommand(config.syslog), {
    timeoutMs,
    sudo,
    signal,
    maxOutputBytes: 4096,
    onStdout: (chunk) => {
      feed(chunk);
      // A node that is slow keeps nobody from seeing what it and the others have said.
      return input.onIdle() ?? pending;
    },
  });
  feed(lineEnd);
  if (tail !== undefined && tail > 0) for (const line of kept.slice(-tail)) await input.onLine({ node, line });
  await input.onIdle();
  const { failure } = grade(outcome, { node, timeoutMs });
  if (!failure) return;
  const said = visible(outcome.stderr.trim().split("\n").at(-1) ?? "");
  throw new PictlError(failure.code, `${failure.message}${said === "" ? "" : ` It said: ${said}`}`, {
    node,
    hint:
      config.syslog === undefined
        ? "`syslog` in the config names another command."
        : `It is the \`syslog\` of the config: \`${visible(config.syslog)}\`.`,
  });
}

const lineEnd = Uint8Array.of(0x0a);

/** The day by the node's clock, since it is that which stamps its log. */
async function dayOn(connection: Connection, signal: AbortSignal): Promise<Day> {
  const outcome = await connection.run(dayCommand, { signal });
  const day = parseDay(outcome.stdout);
  if (day) return day;
  throw new PictlError("command-failed", "The node does not say what day it is.", {
    node: connection.node,
    hint: "`pictl doctor` looks at its clock.",
  });
}
