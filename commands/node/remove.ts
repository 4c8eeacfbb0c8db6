import { Args, Flags } from "@oclif/core";
import { removeNode } from "../../src/app/node/remove.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags.ts";
import { nodeChangeView } from "../../src/view/node.ts";

export default class NodeRemove extends PictlCommand {
  static override summary = "Take a node out of the config; nothing on the node is touched.";
  static override args = { name: Args.string({ required: true, description: "The node, by its whole name." }) };
  static override flags = {
    force: Flags.boolean({ summary: "Also when containers are placed on it, or run there." }),
    "dry-run": common.dryRun,
    yes: common.yes,
  };
  static override examples = ["<%= config.bin %> node remove pi-4", "<%= config.bin %> node remove pi-4 --force --yes"];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NodeRemove);
    const { config, store, ports } = await this.open(flags);
    const report = await removeNode(ports, {
      store,
      config,
      name: args.name,
      force: flags.force,
      dryRun: flags["dry-run"],
      confirm: async ({ placed }) => {
        if (flags.yes) return true;
        const along = placed.length === 0 ? "" : `, and ${placed.join(", ")} with it,`;
        return this.ask.confirm(
          `Take ${args.name}${along} out of ${store.path}?`,
          "Say `--yes` to remove without being asked.",
        );
      },
    });
    await this.finish(report, nodeChangeView);
  }
}
