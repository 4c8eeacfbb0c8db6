import type { Config } from "../config/types.ts";
import { selectPlacements } from "../select.ts";
import type { PlanOptions } from "./types.ts";

/** `names`: as everywhere; what is planned is all of the containers of these names. Throws unknown-container. */
export function planOptions(
  config: Config,
  names: readonly string[],
  { removes, newest, copyVolumes }: PlanOptions,
): PlanOptions & { readonly only: ReadonlySet<string> | undefined } {
  const chosen = selectPlacements(config, names);
  return {
    removes,
    newest,
    copyVolumes,
    only:
      names.length === 0
        ? undefined
        : new Set(chosen.flatMap(({ container, renamedFrom }) => [container, ...(renamedFrom ? [renamedFrom] : [])])),
  };
}
