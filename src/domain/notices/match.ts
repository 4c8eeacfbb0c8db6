import type { PictlEvent } from "../events/event.ts";
import { globMatcher } from "../select.ts";

/** What a receiver is told of where its row does not say: what somebody may have to get up for, and its end. */
export const defaultOn: readonly string[] = [
  "node.silent",
  "node.refused",
  "node.docker-silent",
  "controller.*",
  "daemon.lost",
  "daemon.unelected",
  "vip.*",
  "container.failed-over",
  "failover.refused",
  "config.refused",
  "state.unwritable",
  "heartbeat.unknown-copy",
  "*.failed",
];

/** Whether an event is one of these types (globs). `container.failed` means all of `container.create-failed` and the like. */
export function typeMatcher(globs: readonly string[]): (event: Pick<PictlEvent, "type">) => boolean {
  const matchers = globs.map(globMatcher);
  return ({ type }) => {
    const family = type.replace(/\.[^.]*-failed$/, ".failed");
    return matchers.some((matches) => matches(type) || matches(family));
  };
}
