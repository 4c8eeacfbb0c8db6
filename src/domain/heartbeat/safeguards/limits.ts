import type { WantedMove } from "../facts.ts";
import type { PastMove } from "../memory.ts";

const minute = 60_000;
/** A container moves at most once in this time; doubled with each one that came within four hours of the last. */
const restMs = 10 * minute;
const longestRestMs = 240 * minute;
/** After an attempt that moved nothing; doubled with each further one. */
const retryMs = minute;
const longestRetryMs = 10 * minute;
const stormWindowMs = 5 * minute;
const stormShare = 0.2;
const sickWindowMs = 60 * minute;
const sickHosts = 3;

/** How long moves are remembered. */
export const memoryOfMovesMs = 2 * longestRestMs;

/**
 * Which storm limit forbids a move now; undefined when none does. `underWay` are moves that are not in `past` yet.
 *
 * The share of moves in five minutes leaves out the containers of one node that peers confirmed to be dead: they are
 * one event and no storm, and in a small cluster a fifth of the containers is one.
 */
export function forbiddenBy(
  move: WantedMove,
  options: {
    readonly past: readonly PastMove[];
    readonly underWay: readonly WantedMove[];
    readonly containers: number;
    readonly now: number;
  },
): { readonly rule: string; readonly message: string } | undefined {
  const { past, underWay, containers, now } = options;
  const own = past.filter((each) => each.container === move.container);
  return (
    failedEverywhere(move, own, now) ??
    movedRecently(own, now) ??
    triedRecently(own, now) ??
    storm(move, { past, underWay, containers, now })
  );
}

type Refusal = ReturnType<typeof forbiddenBy>;

function failedEverywhere(move: WantedMove, own: readonly PastMove[], now: number): Refusal {
  const recent = own.filter((each) => each.moved && now - each.at <= sickWindowMs).map((each) => each.from);
  const hosts = [...new Set([...recent, move.from])];
  if (hosts.length < sickHosts) return undefined;
  return {
    rule: "failed-everywhere",
    message: `it failed on ${hosts.join(", ")} within an hour: it is the application`,
  };
}

function movedRecently(own: readonly PastMove[], now: number): Refusal {
  const times = own.filter((each) => each.moved).map((each) => each.at);
  const last = times.at(-1);
  if (last === undefined) return undefined;
  const chain = times.length - 1 - times.findLastIndex((at, index) => (times[index + 1] ?? now) - at > longestRestMs);
  const rest = Math.min(restMs * 2 ** (chain - 1), longestRestMs);
  if (chain === 0 || now - last >= rest) return undefined;
  return {
    rule: "moved-recently",
    message: `it was moved ${age(now - last)} ago and is not moved again before ${spell(rest)} are over`,
  };
}

function triedRecently(own: readonly PastMove[], now: number): Refusal {
  const tries = own.slice(own.findLastIndex((each) => each.moved) + 1);
  const last = tries.at(-1);
  if (!last) return undefined;
  const pause = Math.min(retryMs * 2 ** (tries.length - 1), longestRetryMs);
  if (now - last.at >= pause) return undefined;
  return {
    rule: "tried-recently",
    message: `moving it failed ${age(now - last.at)} ago; it is tried again after ${spell(pause)}`,
  };
}

function storm(move: WantedMove, { past, underWay, containers, now }: Parameters<typeof forbiddenBy>[1]): Refusal {
  const recent: readonly WantedMove[] = [
    ...past.filter((each) => each.moved && now - each.at <= stormWindowMs),
    ...underWay,
  ];
  const allowed = Math.max(1, Math.floor(containers * stormShare));
  const counted = besidesOneDeadNode([...recent, move]);
  // A move that adds nothing is not to blame for those before.
  if (counted <= allowed || counted === besidesOneDeadNode(recent)) return undefined;
  return {
    rule: "storm",
    message: `${String(allowed)} of ${String(containers)} containers were moved within 5 min, and more would be a storm`,
  };
}

/** How many there are without those of one dead node, whichever explains the most of them. */
function besidesOneDeadNode(moves: readonly WantedMove[]): number {
  const dead = moves.filter(({ nodeDead }) => nodeDead).map(({ from }) => from);
  const most = Math.max(0, ...dead.map((node) => dead.filter((each) => each === node).length));
  return moves.length - most;
}

/** Never a whole minute more than it is: "10 min ago" and "not before 10 min" do not go together. */
function age(ms: number): string {
  return ms < minute ? spell(ms) : spell(Math.floor(ms / minute) * minute);
}

function spell(ms: number): string {
  return ms < minute ? `${String(Math.round(ms / 1000))} s` : `${String(Math.round(ms / minute))} min`;
}
