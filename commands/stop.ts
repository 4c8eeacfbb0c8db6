import * as common from "../src/cli/flags/common.ts";
import { LifecycleCommand } from "../src/cli/families/lifecycle-command.ts";

export default class Stop extends LifecycleCommand {
  static override summary = "Stop running containers; they stay so until they are started.";
  static override description = "Without names all containers are meant, and it asks first.";
  static override args = { container: common.containersArg };
  static override flags = {
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    grace: common.graceFlag,
    yes: common.yes,
  };
  static override examples = ["<%= config.bin %> stop --yes", "<%= config.bin %> stop web db@n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Stop);
    await this.apply("stop", { names: args.container, flags });
  }
}
