import type { RawConfig } from "../../domain/config/raw.ts";
import type { ConfigEdit, ConfigStore } from "../ports.ts";

/**
 * Makes the edits that are planned on the config as its file stands at that moment, or under `dryRun` only tries whether
 * they could be made. Resolves to the plan. Rejects with what `plan` throws, config-invalid and config-write-failed.
 */
export async function changeAsPlanned<Plan>(
  store: ConfigStore,
  input: {
    readonly plan: (raw: RawConfig) => Plan;
    readonly editsOf: (plan: Plan) => readonly ConfigEdit[];
    readonly dryRun: boolean;
  },
): Promise<Plan> {
  const { plan, editsOf, dryRun } = input;
  let planned!: Plan;
  const edits = (raw: RawConfig): readonly ConfigEdit[] => editsOf((planned = plan(raw)));
  if (dryRun) await store.preview(edits((await store.read()).raw));
  else await store.change((_config, raw) => edits(raw));
  return planned;
}
