import { Args, Flags } from "@oclif/core";
import { rollBack } from "../src/app/history/rollback.ts";
import { PictlCommand } from "../src/cli/command.ts";
import * as common from "../src/cli/flags/common.ts";
import { containerChangeView } from "../src/view/container/container.ts";
import { editQuestion } from "../src/view/questions.ts";

export default class Rollback extends PictlCommand {
  static override summary = "Go back to an earlier version of a container, which is on its nodes still.";
  static override description =
    "The entry in the config says again what that version was made from: its arguments, command, variables and image. Then " +
    "the container is replaced as by any change, one copy after the other, each when the one before has passed its check. The images of " +
    "the last two copies that were replaced stay on their nodes, so that nothing is built or pulled.";
  static override args = {
    container: Args.string({ required: true, description: "The container: NAME for all its instances, or NAME@NODE." }),
  };
  static override flags = {
    to: Flags.integer({
      summary:
        "The generation to go back to, as `history` shows it; without it, the last good version before this one.",
      helpValue: "GENERATION",
      min: 1,
    }),
    grace: common.graceFlag,
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    "<%= config.bin %> rollback web",
    "<%= config.bin %> rollback web@n1 --to 1795908454 --yes",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rollback);
    const { config, store, ports } = await this.open(flags);
    const report = await rollBack(ports, {
      config,
      store,
      target: args.container,
      to: flags.to,
      graceSeconds: flags.grace,
      ...common.patience(flags),
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      confirm: async (changes) =>
        flags.yes ||
        this.ask.confirm(
          editQuestion(changes, { container: args.container, path: store.path, runs: true }),
          "Say `--yes` to go back without being asked, or `--dry-run` to see what would change.",
        ),
    });
    await this.finish(report, containerChangeView);
  }
}
