import type { Config, HooksSpec, NotifySection } from "../../domain/config/types.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import { typeMatcher } from "../../domain/notices/match.ts";
import type { Subscription } from "../../domain/notices/outbox.ts";

/** A receiver of the config, or one of its hooks that the daemon feeds. */
export type Subscriber = Subscription &
  (
    | { readonly kind: "notify"; readonly row: NotifySection }
    | { readonly kind: "hook"; readonly hook: keyof HooksSpec }
  );

/** What each of the daemon's hooks is told of. */
const hookTypes: readonly (readonly [keyof HooksSpec, readonly string[]])[] = [
  ["onNodeChange", ["node.silent", "node.refused", "node.docker-silent"]],
  ["onFailure", ["*.failed"]],
  ["onLeaderChange", ["daemon.leads", "daemon.stands-by", "daemon.unelected", "daemon.lost"]],
];

/** Failures that are told elsewhere, or that telling them would cause again. */
const noFailures = typeMatcher(["hook.*", "notice.*", "heartbeat.*"]);

export function subscribers(config: Pick<Config, "notify" | "hooks">): readonly Subscriber[] {
  const rows = (config.notify ?? []).map((row): Subscriber => {
    return { kind: "notify", row, receiver: row.name, wants: typeMatcher(row.on) };
  });
  const hooks = hookTypes.flatMap(([hook, types]): Subscriber[] => {
    if (config.hooks[hook] === undefined) return [];
    const matches = typeMatcher(types);
    return [{ kind: "hook", hook, receiver: hook, wants: (event: PictlEvent) => matches(event) && !noFailures(event) }];
  });
  return [...rows, ...hooks];
}
