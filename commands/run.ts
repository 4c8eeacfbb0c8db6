import { Args } from "@oclif/core";
import { ExecCommand, execFlags } from "../src/cli/families/exec-command.ts";
import { savedCommand } from "../src/domain/exec/saved-command.ts";
import { selectNodes } from "../src/domain/select.ts";
import { savedCommandsView } from "../src/view/node/run.ts";

export default class Run extends ExecCommand {
  static override summary = "Run a saved command of the config on the nodes, or list the saved commands.";
  static override description = `Saved commands are rows of commandlist: {"Uptime": "uptime"}. Everything else is as with exec.`;
  static override args = { label: Args.string({ description: "The command's label; all are listed when left out." }) };
  static override flags = execFlags;
  static override examples = [
    "<%= config.bin %> run",
    "<%= config.bin %> run Uptime",
    "<%= config.bin %> run 'Disk Space' --node 'web*' --fold",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const context = await this.open(flags);
    const { commandlist } = context.config;
    if (args.label === undefined) {
      selectNodes(context.config, flags.node ?? []);
      await this.finish({ result: { commands: commandlist }, failures: [] }, savedCommandsView);
      return;
    }
    await this.execute(context, { line: savedCommand(commandlist, args.label).command }, flags);
  }
}
