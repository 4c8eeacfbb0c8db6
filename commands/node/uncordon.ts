import { CordonCommand } from "../../src/cli/families/cordon-command.ts";
import * as common from "../../src/cli/flags/common.ts";

export default class NodeUncordon extends CordonCommand {
  static override summary = "Open nodes again that were cordoned or drained.";
  static override description = "Containers stay where they are; `pictl move` brings one back.";
  static override aliases = ["node:undrain"];
  static override args = { node: common.chosenNodes };
  static override flags = { "dry-run": common.dryRunFlag };
  static override examples = ["<%= config.bin %> node uncordon pi-4", "<%= config.bin %> node uncordon '*'"];

  async run(): Promise<void> {
    await this.cordon(false, await this.parse(NodeUncordon));
  }
}
