import { lifecycle } from "../app/lifecycle.ts";
import type { Context } from "../context.ts";
import type { Placement } from "../domain/config/types.ts";
import type { LifecycleAction } from "../domain/container/lifecycle.ts";
import { selectPlacements } from "../domain/select.ts";
import { outcomesView } from "../view/lifecycle.ts";
import { type GlobalFlags, PictlCommand } from "./command.ts";

/** What `start`, `stop`, `restart` and `delete` share: everything but the verb and the question before it. */
export abstract class LifecycleCommand extends PictlCommand {
  protected async apply(
    action: LifecycleAction,
    input: {
      names: readonly string[] | undefined;
      flags: GlobalFlags & { "dry-run": boolean; wait: number; grace?: number | undefined };
      /** Resolves to false when the person said no. */
      confirm?: (placements: readonly Placement[], context: Context) => Promise<boolean>;
    },
  ): Promise<void> {
    const { flags } = input;
    const context = await this.open(flags);
    const { config, ports } = context;
    const placements = selectPlacements(config, input.names ?? []);
    const go = flags["dry-run"] || (await (input.confirm?.(placements, context) ?? true));
    const report = go
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
}
