import * as common from "../src/cli/flags/common.ts";
import { LifecycleCommand } from "../src/cli/families/lifecycle-command.ts";

export default class Delete extends LifecycleCommand {
  static override summary = "Remove containers from their nodes; layout, images and volumes stay.";
  static override args = { container: common.containersArg };
  static override flags = {
    grace: common.graceFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = ["<%= config.bin %> delete web", "<%= config.bin %> delete --yes"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Delete);
    await this.apply("delete", { names: args.container, flags });
  }
}
