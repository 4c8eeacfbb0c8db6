import { expect, test } from "vitest";
import type { PictlEvent } from "../../../src/domain/events/event.ts";
import { type EventFilter, eventMatcher } from "../../../src/domain/events/event-filter.ts";

const event = (parts: Partial<PictlEvent> = {}): PictlEvent => ({
  time: "2026-01-31T10:00:00.000Z",
  type: "container.created",
  node: "n1",
  container: "web",
  who: "root@here",
  ...parts,
});
const all: EventFilter = { sinceMs: undefined, types: [], nodes: [], containers: [] };
const passes = (filter: Partial<EventFilter>, parts: Partial<PictlEvent> = {}): boolean =>
  eventMatcher({ ...all, ...filter })(event(parts));

test.each([
  [{}, true],
  [{ types: ["container.created"] }, true],
  [{ types: ["container"] }, true],
  [{ types: ["*.created"] }, true],
  [{ types: ["image", "con*"] }, true],
  [{ types: ["contain"] }, false],
  [{ types: ["created"] }, false],
  [{ nodes: ["n?"] }, true],
  [{ nodes: ["n"] }, false],
  [{ containers: ["w*"] }, true],
  [{ containers: ["db", "web"], nodes: ["n2"] }, false],
  [{ sinceMs: Date.UTC(2026, 0, 31, 10) }, true],
  [{ sinceMs: Date.UTC(2026, 0, 31, 10) + 1 }, false],
])("%j: %s", (filter, expected) => {
  expect(passes(filter)).toBe(expected);
});

test("an event of no node does not pass for one of every node", () => {
  const { time, type, who } = event();
  expect(eventMatcher({ ...all, nodes: ["*"] })({ time, type, who })).toBe(false);
});
