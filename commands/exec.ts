import { Args, Flags } from "@oclif/core";
import { ExecCommand, execFlags } from "../src/cli/families/exec-command.ts";
import { execTask } from "../src/cli/input/exec-task.ts";

export default class Exec extends ExecCommand {
  static override summary = "Run a command on the nodes; exit with the worst of their exit codes.";
  static override description = `One word is a line for the node's sh; several words are a program and its arguments, passed on exactly. Put -- before a command with flags of its own.
Every line of output has its node in front: | for stdout, ! for stderr. Stdin goes to all nodes when it is a pipe or a file (in a loop that reads from stdin, say --no-stdin).
The exit code is 3 for a node that could not be reached, unless a command ended with a higher one; a remote 255 stays 255.
The event log keeps the command's text, unless the command begins with a space.`;
  static override args = {
    command: Args.string({ multiple: true, description: "The command line, or the arguments of the script." }),
  };
  static override flags = {
    ...execFlags,
    script: Flags.string({
      char: "s",
      helpValue: "FILE",
      summary: "Run this local script on the nodes: its #! line names the interpreter, sh if it has none.",
    }),
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
    await this.execute(await this.open(flags), task, flags);
  }
}
