import type { Verdict } from "./sight.ts";

/** A container that the daemon moved, by the config that it wrote. */
export interface WrittenMove {
  readonly container: string;
  readonly from: string;
  readonly at: number;
  /** Its node was dead, as other nodes confirmed. */
  readonly nodeDead: boolean;
}

const minute = 60_000;
/** What is decided in time may be written when the next window has begun. */
const slackMs = 2 * minute;

/** The limits of a storm of moves, counted anew: `moves` with the newest last, of `containers` in all. */
export function storm(moves: readonly WrittenMove[], containers: number): Verdict {
  const last = moves.at(-1);
  if (!last) return undefined;
  const within = (ms: number): readonly WrittenMove[] => moves.filter((move) => last.at - move.at <= ms - slackMs);
  const own = within(10 * minute).filter((move) => move.container === last.container);
  if (own.length > 1) return `${last.container} was moved ${String(own.length)} times within 10 min`;
  const hosts = new Set(
    within(60 * minute)
      .filter((move) => move.container === last.container)
      .map((move) => move.from),
  );
  if (hosts.size > 2) return `${last.container} failed on three hosts within an hour, and was moved again`;
  const recent = within(5 * minute);
  const dead = new Set(recent.filter((move) => move.nodeDead).map((move) => move.from));
  const allowed = Math.max(1, Math.floor(0.2 * containers));
  // One dead node is one event; only what is more than that is a storm.
  const least = Math.min(
    ...[undefined, ...dead].map((node) => recent.filter((move) => !(move.nodeDead && move.from === node)).length),
  );
  return least > allowed ? `${String(least)} of ${String(containers)} containers were moved within 5 min` : undefined;
}
