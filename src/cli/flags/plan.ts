import { Flags } from "@oclif/core";
import type { PlanOptions } from "../../domain/plan/types.ts";

/** What `plan` and `apply` plan by. */
export const planFlags = {
  "no-remove": Flags.boolean({ summary: "Remove nothing: what the layout does not have stays." }),
  newest: Flags.boolean({
    summary:
      "This config is the newest one: also move or remove copies that this machine has not seen it place, which may be newer.",
  }),
  "copy-volumes": Flags.boolean({ summary: "Copy the volumes and folders of what moves, while it is stopped." }),
};

/** What was not said is missing. */
interface PlanFlags {
  readonly "no-remove"?: boolean;
  readonly newest?: boolean;
  readonly "copy-volumes"?: boolean;
}

/** What they say. */
export function planWish(flags: PlanFlags): PlanOptions {
  return {
    removes: flags["no-remove"] !== true,
    newest: flags.newest === true,
    copyVolumes: flags["copy-volumes"] === true,
  };
}
