import { lifecycle } from "../../app/container/lifecycle.ts";
import type { ActionRow } from "../../app/kit/act.ts";
import type { Report } from "../../app/kit/report.ts";
import type { LifecycleAction } from "../../domain/container/lifecycle.ts";
import { selectWithStrays } from "../../domain/select.ts";
import { lifecycleQuestion } from "../../view/questions.ts";
import { allContainers, dryRun, meant, placements, wait } from "../common.ts";
import type { OperationContext } from "../context.ts";

/** The fields that starting, stopping, restarting and deleting have in common. */
export const lifecycleFields = { container: placements, all: allContainers, wait, dryRun };

interface LifecycleInput {
  readonly container: readonly string[];
  readonly all: boolean;
  readonly grace?: number | undefined;
  readonly wait: number;
  readonly dryRun: boolean;
}

/** What they share: everything but the verb, and `asks`: whether this input is asked about. */
export async function changeLifecycle(
  { config, ports, ask }: OperationContext,
  action: LifecycleAction,
  input: LifecycleInput,
  asks: boolean,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const chosen = selectWithStrays(config, meant("container", input.container, input.all));
  if (asks && !input.dryRun && chosen.length > 0) {
    const agreed = await ask.confirm(
      lifecycleQuestion(action, chosen),
      `Say \`confirm: true\` to ${action} them without being asked.`,
    );
    if (!agreed) return { result: { containers: [] }, failures: [], exitCode: 4 };
  }
  return lifecycle(ports, {
    config,
    action,
    placements: chosen,
    graceSeconds: input.grace,
    waitMs: input.wait * 1000,
    dryRun: input.dryRun,
  });
}
