import { showConfig } from "../../src/app/config/show.ts";
import { ConfigCommand } from "../../src/cli/families/config-command.ts";

export default class ConfigShow extends ConfigCommand {
  static override summary = "Print the config, its secrets hidden.";
  static override description = "In the file's own language, JSON or YAML, without its comments.";
  static override examples = ["<%= config.bin %> config show", "<%= config.bin %> config show --json"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigShow);
    const { text, ...report } = await showConfig(await this.store(flags));
    await this.finish(report, () => text);
  }
}
