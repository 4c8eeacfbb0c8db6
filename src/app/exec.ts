import type { NodeSpec } from "../domain/config/types.ts";
import { type ExecStatus, grade, worstExitCode } from "../domain/exec/grade.ts";
import { scriptFileCommand } from "../domain/exec/script-file.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { type Command, line, render } from "../domain/shell.ts";
import { OutputTail } from "../domain/ssh/run/output-tail.ts";
import { type Branch, broadcast } from "./kit/streams/broadcast.ts";
import { sha256 } from "./kit/digest.ts";
import { fanOut } from "./kit/fan-out.ts";
import type { Ports } from "./ports.ts";
import { record } from "./kit/record.ts";
import type { Report } from "./kit/report.ts";

export type ExecPorts = Pick<Ports, "nodes" | "events" | "clock" | "progress" | "signal" | "concurrency" | "actor">;

export interface ExecInput {
  readonly nodes: readonly NodeSpec[];
  readonly task: ExecTask;
  readonly sudo: boolean;
  /** Milliseconds each node has; Infinity for no limit. */
  readonly timeoutMs: number;
  /** Goes to every node, at the pace of the slowest. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Gets the output while it comes, instead of the rows; `keeps`: as well as the rows. */
  readonly live?: LiveOutput & { readonly keeps?: boolean };
  readonly dryRun: boolean;
}

export type ExecTask =
  | { readonly line: string }
  | { readonly script: { readonly name: string; readonly content: Uint8Array; readonly args: readonly string[] } };

export interface LiveOutput {
  /** While a returned promise is pending, the node is made to wait. */
  write(node: string, stream: "stdout" | "stderr", chunk: Uint8Array): void | Promise<void>;
  /** No more comes from this node. */
  end(node: string): void;
}

export interface ExecRow {
  readonly node: string;
  readonly status: ExecStatus;
  /** null when there is none: see `status`. */
  readonly code: number | null;
  /** Empty when the output was shown live. Bytes that are no UTF-8 are U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
  /** Only the end of the output was kept. */
  readonly truncated: boolean;
  readonly durationMs: number;
  /** Under --dry-run: what would be run. */
  readonly wouldRun?: string;
}

/**
 * Runs a command on nodes at once. Every node has a row, and a failure where it did not end with 0; the exit code is
 * the worst of the nodes'. An interruption stops the commands and keeps what they said. Writes one event.
 */
export async function execute(ports: ExecPorts, input: ExecInput): Promise<Report<{ nodes: readonly ExecRow[] }>> {
  const command = commandOf(input.task);
  if (input.dryRun) {
    const wouldRun = described(input.task, command);
    return {
      result: { nodes: input.nodes.map(({ name }) => ({ ...nothing(name, "planned"), wouldRun })) },
      failures: [],
    };
  }
  const startedAt = ports.clock.monotonic();
  const stdin = input.stdin && broadcast(input.stdin, input.nodes.length);
  const work = input.nodes.map((node, index) => ({ node, branch: stdin?.branches[index] }));
  const { results, failures } = await fanOut(
    // Nodes that share one stdin wait for each other, so none may wait for its turn.
    { signal: ports.signal, concurrency: stdin ? Math.max(1, work.length) : ports.concurrency },
    work,
    {
      place: ({ node }) => ({ node: node.name }),
      work: ({ node, branch }) => runOn(ports, { ...input, node, command, branch }),
    },
  );
  const rows = new Map(results.map((result) => [result.row.node, result.row]));
  const nodes = input.nodes.map(({ name }) => rows.get(name) ?? nothing(name, "unreached"));
  const all = [...failures, ...results.flatMap(({ failure }) => failure ?? [])];
  const ok = nodes.filter((row) => row.status === "ok").length;
  await record(ports, {
    type: "command.executed",
    after: { ...recorded(input.task), ok, failed: nodes.length - ok },
    durationMs: Math.round(ports.clock.monotonic() - startedAt),
  });
  return {
    result: { nodes },
    failures: all,
    exitCode: worstExitCode(
      nodes.map((row) => row.code),
      all,
    ),
  };
}

interface OneNode extends ExecInput {
  readonly node: NodeSpec;
  readonly command: Command;
  readonly branch: Branch | undefined;
}

async function runOn(ports: ExecPorts, input: OneNode): Promise<{ row: ExecRow; failure?: Failure }> {
  const { live, branch, timeoutMs, sudo } = input;
  const node = input.node.name;
  const { signal } = ports;
  const startedAt = ports.clock.monotonic();
  const keep = live && live.keeps !== true ? 0 : keptBytes(input.nodes.length);
  const output = { stdout: new OutputTail(keep), stderr: new OutputTail(keep) };
  const take =
    (stream: "stdout" | "stderr") =>
    (chunk: Uint8Array): void | Promise<void> => {
      if (keep > 0) output[stream].push(chunk);
      return live?.write(node, stream, chunk);
    };
  const row = (status: ExecStatus, code: number | null): ExecRow => ({
    node,
    status,
    code,
    stdout: textOf(output.stdout),
    stderr: textOf(output.stderr),
    truncated: output.stdout.truncated || output.stderr.truncated,
    durationMs: Math.round(ports.clock.monotonic() - startedAt),
  });
  // Where the output is live, it tells by itself how things go.
  const step = live ? undefined : ports.progress.look(node);
  let connected = false;
  try {
    const connection = await ports.nodes.connect(input.node, signal);
    connected = true;
    const stdin = stdinOf(input.task, branch);
    const outcome = await connection.run(input.command, {
      timeoutMs,
      sudo,
      ...(stdin === undefined ? {} : { stdin }),
      onStdout: take("stdout"),
      onStderr: take("stderr"),
      maxOutputBytes: 0,
      signal,
    });
    const { status, failure } = grade(outcome, { node, timeoutMs });
    return { row: row(status, outcome.code), ...(failure && { failure }) };
  } catch (error) {
    const stopped = connected && signal.aborted;
    const failure = toFailure(stopped ? stoppedError() : error, { node });
    return { row: row(stopped ? "stopped" : "unreached", null), failure };
  } finally {
    branch?.leave();
    step?.done();
    live?.end(node);
  }
}

/** 1 MB a stream, and less with so many nodes that it would add up to more than 64 MB. */
function keptBytes(nodes: number): number {
  return Math.min(1024 * 1024, Math.floor((64 * 1024 * 1024) / (2 * nodes)));
}

function textOf(tail: OutputTail): string {
  const bytes = tail.bytes();
  // The rest of a UTF-8 character whose beginning was dropped.
  const start = tail.truncated ? bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(Math.max(0, start)));
}

function stoppedError(): PictlError {
  return new PictlError("interrupted", "The command was stopped (SIGTERM); it may have done part of its work.");
}

function nothing(node: string, status: ExecStatus): ExecRow {
  return { node, status, code: null, stdout: "", stderr: "", truncated: false, durationMs: 0 };
}

function commandOf(task: ExecTask): Command {
  return "line" in task ? line(task.line) : scriptFileCommand(task.script);
}

/** A script comes ahead of what is for its own stdin. */
function stdinOf(task: ExecTask, branch: Branch | undefined): Uint8Array | AsyncIterable<Uint8Array> | undefined {
  if ("line" in task) return branch;
  return branch ? following(task.script.content, branch) : task.script.content;
}

async function* following(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function described(task: ExecTask, command: Command): string {
  return "line" in task ? render(command) : ["--script", task.script.name, ...task.script.args].join(" ");
}

/**
 * What the event log says of the command: its text, so that an audit can tell what was done. As in a shell with
 * HISTCONTROL=ignorespace, a command that begins with a space is recorded without its text.
 */
function recorded(task: ExecTask): { command: string } | { script: string; sha256: string } {
  if ("script" in task) return { script: task.script.name, sha256: sha256(task.script.content) };
  if (task.line.startsWith(" ")) return { command: "[not recorded]" };
  return { command: task.line.length > 1000 ? `${task.line.slice(0, 1000)}…` : task.line };
}
