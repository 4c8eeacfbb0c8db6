import { lifecycle } from "../../app/container/lifecycle.ts";
import type { Placement } from "../../domain/config/types.ts";
import type { LifecycleAction } from "../../domain/container/lifecycle.ts";
import { selectWithStrays } from "../../domain/select.ts";
import { outcomesView } from "../../view/container/lifecycle.ts";
import { lifecycleQuestion } from "../../view/questions.ts";
import { type GlobalFlags, PictlCommand } from "../command.ts";

/** Which of them ask, and when; a start takes nothing away. */
const asks: Readonly<Record<LifecycleAction, "always" | "without-names" | "never">> = {
  start: "never",
  stop: "without-names",
  restart: "without-names",
  delete: "always",
};

/** What `start`, `stop`, `restart` and `delete` share: everything but the verb. */
export abstract class LifecycleCommand extends PictlCommand {
  protected async apply(
    action: LifecycleAction,
    input: {
      names: readonly string[] | undefined;
      flags: GlobalFlags & { "dry-run": boolean; wait: number; grace?: number | undefined; yes?: boolean };
    },
  ): Promise<void> {
    const { names = [], flags } = input;
    const { config, ports } = await this.open(flags);
    const placements = selectWithStrays(config, names);
    const asked = asks[action] === "always" || (asks[action] === "without-names" && names.length === 0);
    const sure = flags.yes === true || flags["dry-run"] || !asked || placements.length === 0;
    const report =
      sure || (await this.#confirm(action, placements))
        ? await lifecycle(ports, {
            config,
            action,
            placements,
            graceSeconds: flags.grace,
            waitMs: flags.wait * 1000,
            dryRun: flags["dry-run"],
          })
        : { result: { containers: [] }, failures: [], exitCode: 4 };
    await this.finish(report, outcomesView);
  }

  /** Resolves to false when the person said no; throws confirmation-missing when there is nobody to ask. */
  #confirm(action: LifecycleAction, placements: readonly Placement[]): Promise<boolean> {
    return this.ask.confirm(lifecycleQuestion(action, placements), `Say \`--yes\` to ${action} without being asked.`);
  }
}
