import { Flags } from "@oclif/core";
import { execute, type ExecTask } from "../../app/exec.ts";
import type { Context } from "../../context.ts";
import { selectNodes } from "../../domain/select.ts";
import { finishedText, foldedView, plannedView } from "../../view/node/exec.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";
import * as common from "../flags/common.ts";
import { liveOutput } from "../output/live-output.ts";
import { givenStdin, leaveStdin } from "../input/stdin.ts";

/** The flags of `exec` and `run`. */
export const execFlags = {
  node: common.nodeFlag,
  fold: Flags.boolean({ summary: "Show nodes with the same output and exit code together, at the end." }),
  timeout: Flags.integer({
    helpValue: "SECONDS",
    summary: "Stop the command on a node after so long.",
    min: 1,
    max: 31_536_000,
  }),
  sudo: Flags.boolean({ summary: "Run as root, through sudo where the login is not root." }),
  "no-stdin": Flags.boolean({ summary: "Give the command no stdin." }),
  "no-prefix": Flags.boolean({ summary: "Print the lines without their node." }),
  "dry-run": common.dryRunFlag,
};

interface ExecFlags extends GlobalFlags {
  readonly node?: string[] | undefined;
  readonly fold: boolean;
  readonly timeout?: number | undefined;
  readonly sudo: boolean;
  readonly "no-stdin": boolean;
  readonly "no-prefix": boolean;
  readonly "dry-run": boolean;
}

/** What `exec` and `run` share: everything but where the command comes from. */
export abstract class ExecCommand extends PictlCommand {
  protected async execute({ config, ports }: Context, task: ExecTask, flags: ExecFlags): Promise<void> {
    const nodes = selectNodes(config, flags.node ?? []);
    const stdin = flags["no-stdin"] || flags["dry-run"] ? undefined : givenStdin();
    const names = nodes.map(({ name }) => name);
    const report = await execute(ports, {
      nodes,
      task,
      sudo: flags.sudo,
      timeoutMs: flags.timeout === undefined ? Infinity : flags.timeout * 1000,
      dryRun: flags["dry-run"],
      ...(stdin && { stdin }),
      ...(flags.fold || flags.json ? {} : { live: this.#live(names, !flags["no-prefix"]) }),
    });
    if (stdin) leaveStdin();
    if (this.signal.aborted && !flags.json) this.progress.warn(finishedText(report.result.nodes));
    await this.finish(report, (result, style) => {
      if (flags["dry-run"]) return plannedView(result);
      return flags.fold ? foldedView(result, style) : "";
    });
  }

  #live(nodes: readonly string[], prefix: boolean): ReturnType<typeof liveOutput> {
    const { out, err } = this.terminal;
    const { stdout, stderr } = process;
    return liveOutput({
      nodes,
      prefix,
      stdout: { stream: stdout, style: out, terminal: stdout.isTTY },
      stderr: { stream: stderr, style: err, terminal: stderr.isTTY },
    });
  }
}
