import type { Placement } from "../domain/config/types.ts";
import type { LifecycleAction } from "../domain/container/lifecycle.ts";
import { plural } from "../domain/text.ts";

/** What is asked before something is changed, whatever face asks it. */

/** `Stop 2 containers (web@n1, db@n2)?` */
export function lifecycleQuestion(action: LifecycleAction, placements: readonly Placement[]): string {
  const names = placements.map((each) => `${each.container}@${each.node}`).join(", ");
  const verb = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  return `${verb} ${plural(placements.length, "container")} (${names})?`;
}
