import {
  type CgroupLook,
  countersCommand,
  parseCounters,
  ratesBetween,
} from "../../domain/docker/engine/cgroup-counters.ts";
import { PictlError } from "../../domain/errors.ts";
import type { LiveUse } from "../happening.ts";
import type { Bell } from "./bell.ts";
import type { NodeFeed } from "./feed.ts";

const everyMs = 2000;
const timeoutMs = 8000;
/** About 1200 bytes a container. */
const longestAnswer = 8 << 20;

/**
 * Measures what the containers use that somebody watches, with one command a node. The bell says that somebody watches
 * others. Rejects when the signal aborts; a node that cannot be measured is told of by its pulse.
 */
export async function measureUses(feed: NodeFeed, bell: Bell): Promise<never> {
  const { clock, signal } = feed.ports;
  let before: CgroupLook | undefined;
  for (;;) {
    const begunAt = clock.monotonic();
    const watched = watchedOn(feed);
    try {
      before = watched.size > 0 ? await measure(feed, watched, before) : undefined;
    } catch {
      signal.throwIfAborted();
      before = undefined;
    }
    // One that takes long is measured less often.
    await bell.wait(Math.max(everyMs, clock.monotonic() - begunAt), signal);
    signal.throwIfAborted();
  }
}

/** The containers that run and are watched, by id: whether they are in a network of their own. */
function watchedOn({ board, node }: NodeFeed): ReadonlyMap<string, boolean> {
  const names = board.watched(node.name);
  const live = board.current().nodes.get(node.name);
  if (!live?.docker.found || (names !== "all" && names.size === 0)) return new Map();
  const running = live.docker.found.containers.filter(
    ({ name, state }) => state === "running" && live.containers.has(name) && (names === "all" || names.has(name)),
  );
  return new Map(
    running.map(({ id, networkMode }) => [id, networkMode !== "host" && !networkMode.startsWith("container:")]),
  );
}

async function measure(
  { ports, board, node }: NodeFeed,
  watched: ReadonlyMap<string, boolean>,
  before: CgroupLook | undefined,
): Promise<CgroupLook | undefined> {
  const { signal, clock } = ports;
  // What was not watched a moment ago is measured twice, or nothing could be said of it.
  const looks = [...watched.keys()].every((id) => before?.counters.has(id)) ? 1 : 2;
  const connection = await ports.nodes.connect(node, signal);
  let bytes = 0;
  const outcome = await connection.run(countersCommand([...watched.keys()], looks), {
    timeoutMs,
    maxOutputBytes: longestAnswer,
    signal,
    onStdout: (chunk) => {
      bytes += chunk.length;
      if (bytes > longestAnswer) throw new PictlError("command-failed", "The node sends more than it was asked for.");
    },
  });
  const told = parseCounters(outcome.stdout);
  const last = told.at(-1);
  if (!last) return undefined;
  const [rates, instead] = [ratesBetween(before, last), ratesBetween(told.at(-2), last)];
  const uses = [...watched].flatMap(([id, ownNetwork]): [string, LiveUse][] => {
    const rate = before?.counters.has(id) ? rates.get(id) : instead.get(id);
    const none = { networkRxBytesPerSecond: null, networkTxBytesPerSecond: null };
    return rate ? [[id, ownNetwork ? rate : { ...rate, ...none }]] : [];
  });
  board.tell({ kind: "use", node: node.name, uses: new Map(uses), atMs: clock.now() });
  return last;
}
