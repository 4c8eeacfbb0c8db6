import { Args } from "@oclif/core";
import { getConfigValue } from "../../src/app/config/get.ts";
import { ConfigCommand } from "../../src/cli/families/config-command.ts";
import { valueView } from "../../src/view/setup/config.ts";

export default class ConfigGet extends ConfigCommand {
  static override summary = "Print one value of the config; secrets stay hidden.";
  static override args = {
    path: Args.string({
      required: true,
      description: 'Such as `ssh.user`, `layout[1].node` or `nodes["pi.lab"].user`.',
    }),
  };
  static override examples = [
    "<%= config.bin %> config get heartbeat_interval",
    "<%= config.bin %> config get 'layout[1].node'",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigGet);
    await this.finish(await getConfigValue(await this.store(flags), args.path), valueView);
  }
}
