import * as common from "../src/cli/flags/common.ts";
import { LifecycleCommand } from "../src/cli/families/lifecycle-command.ts";

export default class Restart extends LifecycleCommand {
  static override summary = "Restart containers.";
  static override description = "Without names all containers are meant, and it asks first.";
  static override args = { container: common.containersArg };
  static override flags = {
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    grace: common.graceFlag,
    yes: common.yes,
  };
  static override examples = ["<%= config.bin %> restart --yes", "<%= config.bin %> restart web db@n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Restart);
    await this.apply("restart", { names: args.container, flags });
  }
}
