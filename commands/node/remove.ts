import { Args, Flags } from "@oclif/core";
import { removeDrainedNode } from "../../src/app/node/remove-drained.ts";
import { removeNode } from "../../src/app/node/remove.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { drainQuestion, nodeRemovalView } from "../../src/view/node/node.ts";
import { nodeRemovalQuestion } from "../../src/view/questions.ts";

export default class NodeRemove extends PictlCommand {
  static override summary = "Take a node out of the config, with --move once its containers are on others.";
  static override description =
    "Without --move nothing on the node is touched, and a node on which containers are placed is refused. With --move it " +
    "is cordoned, and each container moves as `pictl move` does it: to one of its container_host_constraints, else to any " +
    "node; the one with the fewest containers comes first, then the one with the most free memory. What no node can take, " +
    "or what fails to move, stays, and the node with it.";
  static override args = { node: Args.string({ required: true, description: "The node, by its whole name." }) };
  static override flags = {
    force: Flags.boolean({ summary: "Also when containers are placed on it, or run there.", exclusive: ["move"] }),
    move: Flags.boolean({ summary: "Move its containers to other nodes first." }),
    "copy-volumes": Flags.boolean({
      summary: "Copy their volumes and folders, each while it is stopped.",
      dependsOn: ["move"],
    }),
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    grace: common.graceFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: Flags.boolean({ char: "y", summary: "Do not ask, nor whether data may stay behind." }),
  };
  static override examples = [
    "<%= config.bin %> node remove pi-4",
    "<%= config.bin %> node remove pi-4 --move --dry-run",
    "<%= config.bin %> node remove pi-4 --move --copy-volumes",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NodeRemove);
    const { config, store, ports } = await this.open(flags);
    const instead = "Say `--yes` to remove without being asked.";
    const report = flags.move
      ? await removeDrainedNode(ports, {
          store,
          config,
          name: args.node,
          copyVolumes: flags["copy-volumes"],
          ...common.patience(flags),
          graceSeconds: flags.grace,
          waitMs: flags.wait * 1000,
          dryRun: flags["dry-run"],
          confirm: async (plan, keepers) =>
            flags.yes ||
            this.ask.confirm(
              drainQuestion(plan, { node: args.node, path: store.path, keepers }),
              common.insteadOfDrainingFlags(plan, flags),
            ),
        })
      : await removeNode(ports, {
          store,
          config,
          name: args.node,
          force: flags.force,
          dryRun: flags["dry-run"],
          confirm: async ({ placed }) =>
            flags.yes || this.ask.confirm(nodeRemovalQuestion(args.node, placed, store.path), instead),
        });
    await this.finish(report, nodeRemovalView);
  }
}
