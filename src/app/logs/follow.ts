import { containerMissing, ours } from "../../domain/container/copies/ownership.ts";
import type { LogRecord } from "../../domain/docker/facts.ts";
import { LogCursor } from "../../domain/logs/cursor.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { type goesOn, isOver, isReadable, mayPass, pauseMs } from "../../domain/logs/follow.ts";
import type { NodeWatch } from "./node-watch.ts";
import type { Ports } from "../ports.ts";

/** A container's log, and how far it has been read. */
export interface FollowedLog {
  readonly container: string;
  /** Another one when the container was moved. */
  node: string;
  /** It ran, or Docker was about to run it, when it was looked at first. */
  readonly alive: boolean;
  /**
   * Docker's id; a copy that takes the container's place has another, and a log of its own. undefined when it has not
   * been seen.
   */
  id: string | undefined;
  cursor: LogCursor;
}

export interface FollowOptions {
  readonly cluster: string;
  readonly watch: NodeWatch;
  /** In [0, 1). */
  readonly random: () => number;
  /** The log's records from where its position is or before that, as they come. */
  readonly open: (place: { readonly node: string; readonly id: string }) => AsyncIterable<LogRecord>;
  /** Where the log goes on (see `goesOn`). */
  readonly next: (position: FollowedLog) => Promise<ReturnType<typeof goesOn>>;
}

/**
 * Follows a log from its position, through losses of the node, restarts of the container and its moves, without a line
 * lost or repeated, until the container has ended and does not come back. Throws interrupted, container-foreign,
 * container-missing when it was never there, and what does not pass by itself (see `mayPass`).
 */
export async function* followLog(
  ports: Pick<Ports, "clock" | "signal">,
  position: FollowedLog,
  { cluster, watch, random, open, next }: FollowOptions,
): AsyncGenerator<LogRecord> {
  const { clock, signal } = ports;
  let aliveAt = position.alive ? clock.monotonic() : undefined;
  for (let tries = 0; ; tries += 1) {
    const asked = clock.monotonic();
    const found = await watch.look(position.node);
    // While nobody could look it may have run.
    if (aliveAt !== undefined) aliveAt += clock.monotonic() - asked;
    const facts = ours(found ?? [], position.container, cluster);
    if (found && !facts && position.id === undefined && aliveAt === undefined)
      throw containerMissing(position.container);
    if (facts && facts.id !== position.id) {
      if (position.id !== undefined) position.cursor = new LogCursor({ whole: true });
      position.id = facts.id;
    }
    let whole = found !== undefined;
    let spoke = false;
    try {
      if (facts && isReadable(facts)) {
        for await (const record of unread(position.cursor, open({ node: position.node, id: facts.id }))) {
          spoke = true;
          yield record;
        }
      }
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      whole = false;
      if (error.code !== "container-missing") watch.breakOff(position.node, error);
    }
    const now = clock.monotonic();
    if (spoke || (facts !== undefined && isAlive(facts))) aliveAt = now;
    else if (whole || !facts) {
      const place = await next(position);
      if (place === "moving") aliveAt = now;
      else if (place) {
        Object.assign(position, { node: place.node, id: undefined, cursor: new LogCursor({ whole: true }) });
        aliveAt = now;
        continue;
      }
    }
    if (whole && isOver(aliveAt === undefined ? undefined : now - aliveAt)) return;
    if (spoke) tries = 0;
    // A lost node is waited for where it is looked at.
    if (found) await clock.sleep(pauseMs(tries, random()), signal);
  }
}

/** The records that have not been read yet; each is passed by the cursor when it is handed on. */
export async function* unread(cursor: LogCursor, records: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord> {
  const isNew = cursor.resume();
  for await (const record of records) {
    if (!isNew(record)) continue;
    cursor.pass(record);
    yield record;
  }
}
