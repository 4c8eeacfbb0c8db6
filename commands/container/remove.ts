import { Args, Flags } from "@oclif/core";
import { removeContainer } from "../../src/app/container/remove.ts";
import { PictlCommand } from "../../src/cli/command.ts";
import * as common from "../../src/cli/flags/common.ts";
import { containerChangeView } from "../../src/view/container/container.ts";
import { containerRemovalQuestion } from "../../src/view/questions.ts";

export default class ContainerRemove extends PictlCommand {
  static override summary = "Remove a container from its node and from the config.";
  static override description =
    "Takes it out of layout, heartbeat and constraints, after it was removed from its node. An instance that could " +
    "not be removed stays in the config. Its image and volumes stay on the node.";
  static override args = {
    container: Args.string({
      required: true,
      description:
        "The container: NAME for all its instances, or NAME@NODE, also of one that the config does not have there.",
    }),
  };
  static override flags = {
    "keep-running": Flags.boolean({ summary: "Change only the config; touch no node." }),
    force: Flags.boolean({ summary: "Also when its node cannot be reached." }),
    grace: common.graceFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    "<%= config.bin %> container remove web@pi-2",
    "<%= config.bin %> container remove web --keep-running --yes",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContainerRemove);
    const { config, store, ports } = await this.open(flags);
    const report = await removeContainer(ports, {
      store,
      config,
      target: args.container,
      keepRunning: flags["keep-running"],
      force: flags.force,
      graceSeconds: flags.grace,
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      confirm: async (instances) =>
        flags.yes ||
        this.ask.confirm(
          containerRemovalQuestion(instances, { path: store.path, keepRunning: flags["keep-running"] }),
          "Say `--yes` to remove without being asked.",
        ),
    });
    await this.finish(report, containerChangeView);
  }
}
