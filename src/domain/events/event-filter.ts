import type { PictlEvent } from "./event.ts";
import { globMatcher } from "../select.ts";

export interface EventFilter {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
  /** Globs, any of which; none lets all pass. Nodes and containers need not be in the config any more. */
  readonly types: readonly string[];
  readonly nodes: readonly string[];
  readonly containers: readonly string[];
}

/** Decides which events are shown. A type without its last part means all of them: `container` is `container.*`. */
export function eventMatcher(filter: EventFilter): (event: PictlEvent) => boolean {
  const type = anyOf(filter.types.flatMap((glob) => [glob, `${glob}.*`]));
  const node = anyOf(filter.nodes);
  const container = anyOf(filter.containers);
  const { sinceMs } = filter;
  return (event) =>
    (sinceMs === undefined || Date.parse(event.time) >= sinceMs) &&
    type(event.type) &&
    node(event.node) &&
    container(event.container);
}

function anyOf(globs: readonly string[]): (text: string | undefined) => boolean {
  if (globs.length === 0) return () => true;
  const matchers = globs.map(globMatcher);
  return (text) => text !== undefined && matchers.some((matches) => matches(text));
}
