import { Args, Flags } from "@oclif/core";
import { execute } from "../src/app/exec.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { execTask } from "../src/cli/exec-task.ts";
import * as common from "../src/cli/flags.ts";
import { liveOutput } from "../src/cli/live-output.ts";
import { givenStdin, leaveStdin } from "../src/cli/stdin.ts";
import { selectNodes } from "../src/domain/select.ts";
import { foldedView, plannedView } from "../src/view/exec.ts";

export default class Exec extends PictlCommand {
  static override summary = "Run a command on the nodes; exit with the worst of their exit codes.";
  static override description = `One word is a line for the node's sh; several words are a program and its arguments, passed on exactly. Put -- before a command with flags of its own.
Every line of output has its node in front: | for stdout, ! for stderr. Stdin goes to all nodes when it is a pipe or a file (in a loop that reads from stdin, say --no-stdin).
The exit code is 3 for a node that could not be reached, unless a command ended with a higher one; a remote 255 stays 255.
The event log keeps the command's text, unless the command begins with a space.`;
  static override args = {
    command: Args.string({ multiple: true, description: "The command line, or the arguments of the script." }),
  };
  static override flags = {
    node: common.node,
    script: Flags.string({
      char: "s",
      helpValue: "FILE",
      summary: "Run this local script on the nodes: its #! line names the interpreter, sh if it has none.",
    }),
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
    "dry-run": common.dryRun,
  };
  static override examples = [
    "<%= config.bin %> exec uptime",
    "<%= config.bin %> exec \"df -h / | tail -1\" --node 'web*' --node rack=b",
    "<%= config.bin %> exec --fold -- uname -r",
    "<%= config.bin %> exec --script ./fix.sh --timeout 60 -- --verbose 'two words'",
    "tar c site | <%= config.bin %> exec 'tar x -C /srv'",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Exec);
    const task = await execTask(args.command ?? [], flags.script);
    const { config, ports } = await this.open(flags);
    const nodes = selectNodes(config, flags.node ?? []);
    const stdin = flags["no-stdin"] || flags["dry-run"] ? undefined : givenStdin();
    const report = await execute(ports, {
      nodes,
      task,
      sudo: flags.sudo,
      timeoutMs: flags.timeout === undefined ? Infinity : flags.timeout * 1000,
      dryRun: flags["dry-run"],
      ...(stdin && { stdin }),
      ...(flags.fold || flags.json
        ? {}
        : {
            live: this.#live(
              nodes.map(({ name }) => name),
              !flags["no-prefix"],
            ),
          }),
    });
    if (stdin) leaveStdin();
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
