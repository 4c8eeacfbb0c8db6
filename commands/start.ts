import * as common from "../src/cli/flags/common.ts";
import { LifecycleCommand } from "../src/cli/families/lifecycle-command.ts";

export default class Start extends LifecycleCommand {
  static override summary = "Start containers that are stopped.";
  static override args = { container: common.containersArg };
  static override flags = { wait: common.waitFlag, "dry-run": common.dryRunFlag };
  static override examples = ["<%= config.bin %> start", "<%= config.bin %> start web db@n2"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Start);
    await this.apply("start", { names: args.container, flags });
  }
}
