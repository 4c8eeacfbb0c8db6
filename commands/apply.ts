import { Flags } from "@oclif/core";
import { applyConfig } from "../src/app/plan/apply.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { planOptions } from "../src/domain/plan/options.ts";
import { planFlags, planWish } from "../src/cli/flags/plan.ts";
import * as common from "../src/cli/flags/common.ts";
import { readPlan } from "../src/cli/input/plan-file.ts";
import { refuseLeavingData } from "../src/domain/plan/leaving.ts";
import type { Plan } from "../src/domain/plan/types.ts";
import { planQuestion, planView, stepsView } from "../src/view/container/plan.ts";

export default class Apply extends PictlCommand {
  static override summary = "Make what runs on the nodes what the config says, after asking once.";
  static override description =
    "First what was cut off is finished or undone; then all that `plan` shows is done: images first, and everything else side " +
    "by side, each when what it waits for is done. A new copy that does not pass its check stops the rollout of its container, " +
    "and the old one is back; the rest goes on. Doing it again goes on where it stopped. With --plan just what that plan " +
    "says is done, and nothing at all when a container, an image or the config is another than it was.";
  static override args = { container: common.containersArg };
  static override flags = {
    plan: Flags.string({
      summary: "Do what this plan says (`plan --out`), if it is still right.",
      helpValue: "FILE",
      exclusive: ["no-remove", "newest", "copy-volumes"],
    }),
    ...planFlags,
    "leave-data": Flags.boolean({ summary: "What moves may leave its data behind, also without being asked." }),
    "check-timeout": common.checkTimeoutFlag,
    "no-check": common.noCheckFlag,
    grace: common.graceFlag,
    wait: common.waitFlag,
    "dry-run": common.dryRunFlag,
    yes: common.yes,
  };
  static override examples = [
    "<%= config.bin %> apply",
    "<%= config.bin %> apply --yes --json",
    "<%= config.bin %> apply --plan deploy.plan --yes",
    "<%= config.bin %> apply web --no-remove",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    const saved = flags.plan === undefined ? undefined : await readPlan(flags.plan);
    const { config, ports, store } = await this.open(flags);
    const report = await applyConfig(ports, {
      config,
      store,
      saved,
      ...planOptions(config, args.container ?? [], planWish(flags)),
      graceSeconds: flags.grace,
      ...common.patience(flags),
      waitMs: flags.wait * 1000,
      dryRun: flags["dry-run"],
      confirm: (plan) => this.#confirm(plan, flags),
    });
    await this.finish(report, report.failures.length === 0 && report.exitCode !== 4 ? planView : stepsView);
  }

  /** The whole plan stands above the question. Throws confirmation-missing when there is nobody to ask. */
  async #confirm({ steps }: Plan, flags: { yes: boolean; "leave-data": boolean }): Promise<boolean> {
    if (flags.yes && !flags["leave-data"]) {
      refuseLeavingData(steps, "Say `--copy-volumes` to copy what has a name, or `--leave-data`. Nothing was done.");
    }
    if (flags.yes) return true;
    if (this.terminal.interactive) process.stderr.write(planView({ steps }, this.terminal.err));
    return this.ask.confirm(
      planQuestion(steps),
      "Say `--yes` to do it without being asked, or look with `pictl plan`.",
    );
  }
}
