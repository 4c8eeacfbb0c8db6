import { expect, onTestFinished, test, vi } from "vitest";
import { openLive } from "../../src/watch/index.ts";
import type { Live } from "../../src/watch/live.ts";
import { containerAt } from "../../src/watch/select.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type FakeNode, type LiveCluster, liveCluster } from "../fakes/live-cluster.ts";

async function opened(
  size: { readonly nodes: number; readonly containers: number } = { nodes: 2, containers: 3 },
): Promise<LiveCluster & { readonly live: Live; readonly leave: () => void; readonly n1: FakeNode }> {
  vi.useFakeTimers();
  const cluster = liveCluster(fakeClock, size);
  const live = openLive(cluster.sources);
  const leave = live.subscribe(() => undefined);
  onTestFinished(async () => {
    const stopped = live.stop();
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    vi.useRealTimers();
  });
  await vi.advanceTimersByTimeAsync(500);
  const n1 = cluster.node("n1");
  n1.asked.length = 0;
  return { ...cluster, live, leave, n1 };
}

const stateOf = (live: Live, key: string) => containerAt(live.current(), key)?.state;

test("an event makes us look at just what it names, a bunch of them once", async () => {
  const { live, n1 } = await opened();
  expect(stateOf(live, "c1@n1")).toBe("running");
  const facts = n1.containers.get("c1");
  if (!facts) throw new Error("there is no c1");
  n1.containers.set("c1", { ...facts, state: "exited", exitCode: 137 });
  for (const action of ["kill", "die", "stop"]) n1.tell({ action, names: ["c1"] });
  await vi.advanceTimersByTimeAsync(150);
  expect(stateOf(live, "c1@n1")).toBe("stopped");
  expect(n1.asked.filter((each) => each !== "pulse")).toEqual(["container c1"]);
});

test("in half a minute at rest a node is asked for its pulse, and once for the whole, of which little is asked anew", async () => {
  const { n1 } = await opened();
  await vi.advanceTimersByTimeAsync(31_000);
  const count = (what: string): number => n1.asked.filter((each) => each === what).length;
  expect(count("pulse")).toBeGreaterThanOrEqual(6);
  expect(count("pulse")).toBeLessThanOrEqual(7);
  expect(count("list")).toBe(1);
  expect(n1.asked.filter((each) => each.startsWith("inspect"))).toEqual([]);
  expect(count("uses")).toBe(0);
});

test("a stream that breaks off is taken up where it was left, and all is looked at", async () => {
  const { n1 } = await opened();
  n1.tell({ names: ["c2"], at: "1700000000.000000042" });
  await vi.advanceTimersByTimeAsync(200);
  n1.asked.length = 0;
  n1.cut();
  await vi.advanceTimersByTimeAsync(6500);
  expect(n1.asked).toContain("events 1700000000.000000042");
  expect(n1.asked).toContain("list");
  expect(n1.asked).toContain("inspect c2");
});

test("a flood makes us look at all, now and then, and takes no more memory", async () => {
  const { live, n1 } = await opened();
  for (let round = 0; round < 100; round++) {
    for (let index = 0; index < 100; index++) n1.tell({ names: [`x${String(round)}-${String(index)}`] });
    await vi.advanceTimersByTimeAsync(100);
  }
  const looks = n1.asked.filter((each) => each === "list").length;
  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThanOrEqual(4);
  expect(n1.asked.filter((each) => each.startsWith("container ")).length).toBeLessThanOrEqual(100);
  expect(stateOf(live, "c1@n2")).toBe("running");
});

test("a node that dies is silent, its containers unknown; it is tried again, and comes back", async () => {
  const { live, n1 } = await opened();
  n1.dead = true;
  n1.cut();
  await vi.advanceTimersByTimeAsync(200);
  expect(live.current().nodes.get("n1")).toMatchObject({ state: "silent" });
  expect(containerAt(live.current(), "c1@n1")).toMatchObject({ state: "unknown", last: { state: "running" } });
  expect(stateOf(live, "c1@n2")).toBe("running");
  await vi.advanceTimersByTimeAsync(60_000);
  n1.dead = false;
  await vi.advanceTimersByTimeAsync(12_000);
  expect(stateOf(live, "c1@n1")).toBe("running");
});

test("a Docker that hangs is told after 15 s, and its node answers on", async () => {
  const { live, n1 } = await opened();
  n1.hung = true;
  await vi.advanceTimersByTimeAsync(46_000);
  expect(live.current().nodes.get("n1")).toMatchObject({ state: "answering", docker: { state: "silent" } });
  expect(stateOf(live, "c1@n1")).toBe("unknown");
});

test("what is used is measured with one command a node, of what is watched, while it is", async () => {
  const { live, n1 } = await opened();
  const unwatch = live.watch({ uses: ["c1@n1"] });
  await vi.advanceTimersByTimeAsync(4500);
  expect(n1.asked.filter((each) => each === "uses")).toHaveLength(3);
  expect(containerAt(live.current(), "c1@n1")?.memoryBytes).toBe(5000);
  expect(containerAt(live.current(), "c2@n1")?.memoryBytes).toBeNull();
  unwatch();
  n1.asked.length = 0;
  await vi.advanceTimersByTimeAsync(6000);
  expect(n1.asked).not.toContain("uses");
});

test("refresh looks at everything anew, and resolves when that is done", async () => {
  const { live, n1 } = await opened();
  const done = vi.fn();
  void live.refresh().then(done);
  await vi.advanceTimersByTimeAsync(10);
  expect(done).toHaveBeenCalled();
  expect(n1.asked).toContain("inspect c1");
  n1.dead = true;
  n1.cut();
  await vi.advanceTimersByTimeAsync(200);
  const later = vi.fn();
  void live.refresh().then(later);
  await vi.advanceTimersByTimeAsync(200);
  expect(later).toHaveBeenCalled();
});

test("nobody looks any more when the last viewer has been gone for a while, and who comes back finds what was known", async () => {
  const { live, leave, n1 } = await opened();
  leave();
  await vi.advanceTimersByTimeAsync(6000);
  n1.asked.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(n1.asked).toEqual([]);
  const again = live.subscribe(() => undefined);
  expect(containerAt(live.current(), "c1@n1")).toMatchObject({ state: "unknown", last: { state: "running" } });
  await vi.advanceTimersByTimeAsync(500);
  expect(stateOf(live, "c1@n1")).toBe("running");
  again();
});

test("the connections are used from the first viewer until the last has gone", async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const told: string[] = [];
  const { sources } = liveCluster(fakeClock, { nodes: 1, containers: 1 });
  const use = () => {
    told.push("used");
    return () => void told.push("let go");
  };
  const live = openLive({ ...sources, use });
  const [one, other] = [live.subscribe(() => undefined), live.subscribe(() => undefined)];
  await vi.advanceTimersByTimeAsync(500);
  one();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(["used"]);
  other();
  await vi.advanceTimersByTimeAsync(6000);
  expect(told).toEqual(["used", "let go"]);
  const stopped = live.stop();
  await vi.advanceTimersByTimeAsync(100);
  await stopped;
});
