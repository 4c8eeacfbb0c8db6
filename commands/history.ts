import { Args } from "@oclif/core";
import { placementHistory } from "../src/app/history/index.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { historyView } from "../src/view/container/history.ts";

export default class History extends PictlCommand {
  static override summary = "Show what was put in place of a container, when and by whom.";
  static override description =
    "As far as this machine did it: of each copy the last twenty. `rollback` goes back to one of them.";
  static override args = {
    container: Args.string({ required: true, description: "The container: NAME, or NAME@NODE for one of its copies." }),
  };
  static override examples = ["<%= config.bin %> history web", "<%= config.bin %> history web@n1 --json"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(History);
    const { config, ports } = await this.open(flags);
    await this.finish(await placementHistory(ports, { config, target: args.container }), historyView);
  }
}
