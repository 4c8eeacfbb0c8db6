import { Args, Flags } from "@oclif/core";
import { drainNode } from "../../src/app/node/drain-node.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { drainQuestion, nodeRemovalView } from "../../src/view/node/node.ts";

export default class NodeDrain extends PictlCommand {
  static override summary = "Cordon a node and move its containers to others, to work on it.";
  static override description =
    "Each container moves as `pictl move` does it: to one of its container_host_constraints, else to any node; the one with " +
    "the fewest containers comes first, then the one with the most free memory. What no node can take stays. Afterwards " +
    "`node undrain` opens the node again; `pictl move` brings a container back.";
  static override args = { node: Args.string({ required: true, description: "The node, by its whole name." }) };
  static override flags = {
    "copy-volumes": Flags.boolean({ summary: "Copy their volumes and folders, each while it is stopped." }),
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    grace: common.graceFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: Flags.boolean({ char: "y", summary: "Do not ask, nor whether data may stay behind." }),
  };
  static override examples = [
    "<%= config.bin %> node drain pi-4 --dry-run",
    "<%= config.bin %> node drain pi-4 --copy-volumes",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NodeDrain);
    const { config, store, ports } = await this.open(flags);
    const report = await drainNode(ports, {
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
        this.ask.confirm(drainQuestion(plan, { node: args.node, keepers }), common.insteadOfDrainingFlags(plan, flags)),
    });
    await this.finish(report, nodeRemovalView);
  }
}
