import { expect, onTestFinished, test, vi } from "vitest";
import { type Board, openBoard } from "../../src/watch/board.ts";
import { fakeClock } from "../fakes/clock.ts";
import { answered, lost, modelOf, startMs } from "./model.ts";

function board(): Board & { readonly opened: string[] } {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const opened: string[] = [];
  const hooks = { onFirst: () => opened.push("first"), onLast: () => opened.push("last") };
  return { ...openBoard(fakeClock, modelOf(), hooks), opened };
}

function sorted(names: ReadonlySet<string> | "all"): readonly string[] | "all" {
  return names === "all" ? names : [...names].toSorted();
}

test("a viewer is told at most 20 times a second, of the newest model and the one before", async () => {
  const live = board();
  const seen: string[] = [];
  live.subscribe((model, before) => {
    expect(model).toBe(live.current());
    seen.push(`${before.nodes.get("n1")?.state ?? ""} → ${model.nodes.get("n1")?.state ?? ""}`);
  });
  for (let index = 0; index < 100; index++) {
    live.tell(answered("n1", startMs + index));
    live.tell(lost("n1", startMs + index));
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.length).toBeGreaterThan(15);
  expect(seen.length).toBeLessThan(22);
  expect(seen[0]).toBe("connecting → silent");
});

test("nobody is told of what changes nothing, or after leaving", async () => {
  const live = board();
  const listener = vi.fn();
  const leave = live.subscribe(listener);
  live.tell(answered("nobody", startMs));
  await vi.advanceTimersByTimeAsync(100);
  expect(listener).not.toHaveBeenCalled();
  live.tell(answered("n1", startMs));
  leave();
  await vi.advanceTimersByTimeAsync(100);
  expect(listener).not.toHaveBeenCalled();
});

test("the first viewer opens, the last one closes, and leaving twice is leaving once", () => {
  const live = board();
  const [one, other] = [live.subscribe(() => undefined), live.subscribe(() => undefined)];
  one();
  one();
  expect(live.opened).toEqual(["first"]);
  other();
  expect(live.opened).toEqual(["first", "last"]);
  live.subscribe(() => undefined);
  expect(live.opened).toEqual(["first", "last", "first"]);
});

test("what several viewers watch is watched until the last of them does not", () => {
  const live = board();
  const few = live.watch({ uses: ["web@n1", "db@n2"] });
  const other = live.watch({ uses: ["web@n1"] });
  expect(sorted(live.watched("n1"))).toEqual(["web"]);
  const all = live.watch({ uses: "all" });
  expect(live.watched("n2")).toBe("all");
  all();
  few();
  expect(sorted(live.watched("n1"))).toEqual(["web"]);
  other();
  expect(sorted(live.watched("n1"))).toEqual([]);
});
