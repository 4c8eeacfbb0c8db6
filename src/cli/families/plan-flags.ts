import { Flags } from "@oclif/core";
import type { Config } from "../../domain/config/types.ts";
import type { PlanOptions } from "../../domain/plan/types.ts";
import { selectPlacements } from "../../domain/select.ts";

/** What `plan` and `apply` plan by. */
export const planFlags = {
  "no-remove": Flags.boolean({ summary: "Remove nothing: what the layout does not have stays." }),
  newest: Flags.boolean({
    summary:
      "This config is the newest one: also move or remove copies that this machine has not seen it place, which may be newer.",
  }),
  "copy-volumes": Flags.boolean({ summary: "Copy the volumes and folders of what moves, while it is stopped." }),
};

export interface PlanFlags {
  readonly "no-remove": boolean;
  readonly newest: boolean;
  readonly "copy-volumes": boolean;
}

/** `names`: as everywhere; what is planned is all of the containers of these names. Throws unknown-container. */
export function planOptions(
  config: Config,
  names: readonly string[],
  flags: PlanFlags,
): PlanOptions & { readonly only: ReadonlySet<string> | undefined } {
  const chosen = selectPlacements(config, names);
  return {
    removes: !flags["no-remove"],
    newest: flags.newest,
    copyVolumes: flags["copy-volumes"],
    only:
      names.length === 0
        ? undefined
        : new Set(chosen.flatMap(({ container, renamedFrom }) => [container, ...(renamedFrom ? [renamedFrom] : [])])),
  };
}
