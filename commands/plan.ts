import { Flags } from "@oclif/core";
import { planCluster } from "../src/app/plan/index.ts";
import { PictlCommand } from "../src/cli/command.ts";
import { planOptions } from "../src/domain/plan/options.ts";
import { planFlags, planWish } from "../src/cli/flags/plan.ts";
import * as common from "../src/cli/flags/common.ts";
import { writePlan } from "../src/cli/input/plan-file.ts";
import { planView, stepsView } from "../src/view/container/plan.ts";

export default class Plan extends PictlCommand {
  static override summary = "Show what `apply` would do, and touch nothing.";
  static override description =
    "Each step is told in the words of `status`, with what becomes of data. A container that the layout has on another node " +
    "now is moved, one that it has no more is removed, and one that has `renamed_from` takes the place of the old one. What " +
    "somebody has stopped stays stopped, and nothing is done about a copy that may be newer than this config.";
  static override args = { container: common.containersArg };
  static override flags = {
    ...planFlags,
    "detailed-exitcode": Flags.boolean({ summary: "Exit with 5 when there is something to do." }),
    out: Flags.string({
      summary: "Keep the plan in this file, for `apply --plan`. There is no secret in it.",
      helpValue: "FILE",
    }),
  };
  static override examples = [
    "<%= config.bin %> plan",
    "<%= config.bin %> plan --detailed-exitcode --out deploy.plan",
    "<%= config.bin %> plan web --json",
  ];

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    const { config, ports } = await this.open(flags);
    const options = planOptions(config, args.container ?? [], planWish(flags));
    const report = await planCluster(ports, { config, ...options, detailed: flags["detailed-exitcode"] });
    if (flags.out !== undefined) {
      const { removes, newest, copyVolumes } = options;
      await writePlan(flags.out, {
        version: 1,
        cluster: config.cluster,
        madeAt: new Date(ports.clock.now()).toISOString(),
        by: ports.actor.who,
        removes,
        newest,
        copyVolumes,
        steps: report.result.steps,
      });
    }
    await this.finish(report, report.failures.length === 0 && report.exitCode !== 4 ? planView : stepsView);
  }
}
