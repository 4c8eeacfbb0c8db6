import { execute, type ExecRow, type ExecTask } from "../../app/exec.ts";
import type { Report } from "../../app/kit/report.ts";
import { selectNodes } from "../../domain/select.ts";
import { allNodes, dryRun, meant, onlyNodes } from "../common.ts";
import type { OperationContext } from "../context.ts";
import * as field from "../fields.ts";
import { linesAsRows } from "./lines.ts";

/** Of a command's stdin, and of a script. */
export const maxInputLength = 512 * 1024;

/** The fields that running a command and running a saved one have in common. */
export const executeFields = {
  node: onlyNodes,
  all: allNodes,
  timeout: field.seconds("Stop the command on a node after so long.", { min: 1, max: 31_536_000 }),
  sudo: field.flag("Run as root, through sudo where the login is not root."),
  stdin: field.maybeHidden("What the command reads from stdin, on every node.", maxInputLength),
  dryRun,
};

interface ExecuteInput {
  readonly node: readonly string[];
  readonly all: boolean;
  readonly timeout?: number | undefined;
  readonly sudo: boolean;
  readonly stdin?: string | undefined;
  readonly dryRun: boolean;
}

/** What they share: everything but where the command comes from. Its lines are rows, while they come. */
export async function executeTask(
  { config, ports, rows }: OperationContext,
  task: ExecTask,
  input: ExecuteInput,
): Promise<Report<{ nodes: readonly ExecRow[] }>> {
  return execute(ports, {
    nodes: selectNodes(config, meant("node", input.node, input.all)),
    task,
    sudo: input.sudo,
    timeoutMs: input.timeout === undefined ? Infinity : input.timeout * 1000,
    dryRun: input.dryRun,
    ...(input.stdin === undefined ? {} : { stdin: once(input.stdin) }),
    live: { ...linesAsRows(rows), keeps: true },
  });
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
