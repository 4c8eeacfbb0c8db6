import type { TrustQuestion } from "../app/node/trust.ts";
import type { Placement } from "../domain/config/types.ts";
import type { LifecycleAction } from "../domain/container/lifecycle.ts";
import { compareCommand } from "../domain/node/trust.ts";
import { plural, visible } from "../domain/text.ts";

/** What is asked before something is changed, whatever face asks it. */

/** `Stop 2 containers (web@n1, db@n2)?` */
export function lifecycleQuestion(action: LifecycleAction, placements: readonly Placement[]): string {
  const names = placements.map((each) => `${each.container}@${each.node}`).join(", ");
  const verb = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  return `${verb} ${plural(placements.length, "container")} (${names})?`;
}

/** What is asked before a container's entries in the config change; `runs`: and it is replaced where it runs. */
export function editQuestion(
  changes: readonly string[],
  place: { readonly container: string; readonly path: string; readonly runs: boolean },
): string {
  if (changes.length === 0) return `The config is as it shall be. Replace ${place.container} where it differs?`;
  const list = changes.map((change) => `\n    ${visible(change)}`).join("");
  return `In ${place.path}:${list}\n  Write this${place.runs ? ", and replace the container where it differs" : ""}?`;
}

/** `Remove web@n1 from the node and config.json?` */
export function containerRemovalQuestion(
  instances: readonly Pick<Placement, "container" | "node" | "stray">[],
  place: { readonly path: string; readonly keepRunning: boolean },
): string {
  const list = instances.map((each) => `${each.container}@${each.node}`).join(", ");
  const nodes = instances.length === 1 ? "the node" : "their nodes";
  const isStray = instances.some(({ stray }) => stray === true);
  const places = [...(place.keepRunning ? [] : [nodes]), ...(isStray ? [] : [place.path])];
  return `Remove ${list} from ${places.join(" and ")}?`;
}

/** `Remove web:1 from n1, n2; db:7 from n1?` */
export function imageRemovalQuestion(removals: readonly { readonly node: string; readonly target: string }[]): string {
  const targets = [...new Set(removals.map((each) => each.target))];
  const from = (target: string): string =>
    removals
      .filter((each) => each.target === target)
      .map((each) => each.node)
      .join(", ");
  return `Remove ${targets.map((target) => `${target} from ${from(target)}`).join("; ")}?`;
}

/** Of a node that is taken out of the config with the containers that the layout `placed` there. */
export function nodeRemovalQuestion(node: string, placed: readonly string[], path: string): string {
  const along = placed.length === 0 ? "" : `, and ${placed.join(", ")} with it,`;
  return `Take ${node}${along} out of ${path}?`;
}

export function vipReleaseQuestion(ip: string): string {
  return `Take ${ip} from everybody, until it is moved to a node?`;
}

/** The host keys that a node shows, and how to compare them. */
export function hostKeyQuestion(
  shown: { readonly node: string; readonly hop: string | undefined; readonly name: string },
  { keys, replaces }: TrustQuestion,
): string {
  const who = shown.hop === undefined ? shown.node : `the jump host ${shown.hop} (towards ${shown.node})`;
  const list = keys.map((key) => `    ${key.fingerprint} (${key.type})`).join("\n");
  return (
    `${who} (${shown.name}) shows ${plural(keys.length, "host key")}:\n${list}\n` +
    `  Compare on its console: ${compareCommand(keys)}\n` +
    `  ${replaces ? "Trust it INSTEAD OF the key that is known" : "Trust it from now on"}?`
  );
}
