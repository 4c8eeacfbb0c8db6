import { CordonCommand } from "../../src/cli/families/cordon-command.ts";
import * as common from "../../src/cli/flags/common.ts";

export default class NodeCordon extends CordonCommand {
  static override summary = "Place nothing new on these nodes; what runs there goes on.";
  static override description =
    "Stands in the config (`nodes.NAME.cordoned`) until `node uncordon`. `move` and `container add` refuse such a node " +
    "unless told `--force`, and nothing is moved there by itself. `create` and `start` go on with what the layout has there.";
  static override args = { node: common.chosenNodes };
  static override flags = { "dry-run": common.dryRunFlag };
  static override examples = ["<%= config.bin %> node cordon pi-4", "<%= config.bin %> node cordon rack=b"];

  async run(): Promise<void> {
    await this.cordon(true, await this.parse(NodeCordon));
  }
}
