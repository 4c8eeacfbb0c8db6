import { checkConfig } from "../../src/app/config/check.ts";
import { ConfigCommand } from "../../src/cli/families/config-command.ts";
import { problemsView } from "../../src/view/setup/config.ts";

export default class ConfigCheck extends ConfigCommand {
  static override summary = "List every error and warning of the config.";
  static override description = "Exits with 2 when there is an error; warnings alone are no failure.";
  static override examples = ["<%= config.bin %> config check", "<%= config.bin %> config check --config new.yaml"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigCheck);
    await this.finish(await checkConfig(await this.store(flags)), problemsView);
  }
}
