import { Args, Flags } from "@oclif/core";
import { moveContainer } from "../src/app/move/index.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { movesView } from "../src/view/container/move.ts";

export default class Move extends PictlCommand {
  static override summary = "Move a container to another node; a failure leaves it where it is.";
  static override description =
    "The image is made ready on the new node first. Then the old container stops, the new one starts and is checked (its " +
    "hb entry, else its HEALTHCHECK, else that it runs for 3 s without a restart), the config is written once, and the old one is removed. " +
    "Whatever fails before that puts the old one back. A node that is dead is left as it is; its copy is removed when it " +
    "is back.";
  static override aliases = ["changehost"];
  static override args = {
    container: Args.string({
      required: true,
      description: "The container: NAME, or NAME@NODE where it is on several.",
    }),
    node: Args.string({ required: true, description: "The node to move it to." }),
  };
  static override flags = {
    overlap: Flags.boolean({
      summary: "Start the new one before the old one stops: no gap, two copies for that moment.",
      exclusive: ["copy-volumes"],
    }),
    "copy-volumes": Flags.boolean({ summary: "Copy its volumes and folders, while it is stopped." }),
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    grace: common.graceFlag,
    force: Flags.boolean({ summary: "Also to a node that is cordoned." }),
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: Flags.boolean({ char: "y", summary: "Do not ask whether its data may stay behind." }),
  };
  static override examples = [
    "<%= config.bin %> move web n2",
    "<%= config.bin %> move db n3 --copy-volumes",
    "<%= config.bin %> move web@n1 n2 --overlap",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Move);
    const { config, store, ports } = await this.open(flags);
    const report = await moveContainer(ports, {
      config,
      store,
      name: args.container,
      to: args.node,
      force: flags.force,
      overlap: flags.overlap,
      copyVolumes: flags["copy-volumes"],
      mayLeaveData: async (question) =>
        flags.yes || flags["dry-run"] || this.ask.confirm(question, "Say `--copy-volumes` or `--yes`."),
      ...common.patience(flags),
      graceSeconds: flags.grace,
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
    });
    await this.finish(report, movesView);
  }
}
