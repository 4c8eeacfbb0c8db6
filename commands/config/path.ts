import { ConfigCommand } from "../../src/cli/families/config-command.ts";

export default class ConfigPath extends ConfigCommand {
  static override summary = "Print which config file is used.";
  static override examples = ["<%= config.bin %> config path"];

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigPath);
    const { path } = await this.store(flags);
    await this.finish({ result: { file: path }, failures: [] }, ({ file }) => `${file}\n`);
  }
}
