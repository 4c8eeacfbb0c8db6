import type { PictlEvent } from "../../domain/events/event.ts";
import type { MoveRecord } from "../../domain/move/journal.ts";

export interface EventLog {
  /** Whose events these are. */
  readonly cluster: string;
  /** Appends durably enough to survive a crash of pictl. Never rejects: an unwritable log is warned about once. */
  append(event: PictlEvent): Promise<void>;
  /**
   * The events of the past, oldest first; with `follow` then those to come, until the signal is aborted.
   * `onCaughtUp` is awaited between the two. Rejects with missing-prerequisite when the log cannot be read.
   */
  read(options: {
    readonly follow: boolean;
    readonly signal: AbortSignal;
    readonly onCaughtUp?: () => void | Promise<void>;
  }): AsyncIterable<PictlEvent>;
}

/** A place in the event log: which file, and the byte in it. A file keeps its name when it is rotated. */
export interface LogPosition {
  readonly file: string;
  readonly at: number;
}

export interface LogEntry extends LogPosition {
  readonly event: PictlEvent;
}

/** The event log by position, for what goes on with it after a restart: shipping, notices. */
export interface EventFeed {
  /** Where the next event will stand; undefined before there is any. Rejects as `EventLog.read`. */
  end(): Promise<LogPosition | undefined>;
  /**
   * At most `limit` events from a position on (undefined: the oldest there is), and where to go on. `gap`: the position
   * is no longer there, so that events in between are lost. Rejects as `EventLog.read`.
   */
  after(
    position: LogPosition | undefined,
    limit: number,
  ): Promise<{ readonly entries: readonly LogEntry[]; readonly next: LogPosition | undefined; readonly gap: boolean }>;
}

/** Moves under way, kept over crashes. */
export interface Journal {
  /**
   * Takes the place of what was written of the same move before. Durable when it resolves: written, fsynced, renamed.
   * Rejects with state-write-failed.
   */
  write(record: MoveRecord): Promise<void>;
  /** Every move that has not ended, or those of these containers. Rejects with state-write-failed when one is damaged. */
  read(containers?: readonly string[]): Promise<readonly MoveRecord[]>;
  /** The move has ended. */
  remove(move: MoveRecord): Promise<void>;
  /**
   * Nobody else on this machine moves the container, or settles its move, until `release`, or the end of this process.
   * Where a node is dead, its lock cannot keep two apart. Rejects with lock-held and state-write-failed.
   */
  claim(container: string, waitMs: number): Promise<{ release(): Promise<void> }>;
}

/** One small JSON document in the state folder. */
export interface StateFile<T> {
  /** undefined when it was never written, or what was is of no use, which is told. Rejects with state-write-failed. */
  read(): Promise<T | undefined>;
  /** Replaces it atomically, without waiting for the disk. Rejects with state-write-failed. */
  write(value: T): Promise<void>;
  /** Whether what was last written is where the next process finds it; missing: it is, or `write` has rejected. */
  readonly isSaved?: () => boolean;
}

/** One that several at once change in this process; between processes the last one wins. */
export interface SharedState<T> extends Pick<StateFile<T>, "read"> {
  /** Resolves to what `change` made of it, when that is written; the same object is not. Rejects with state-write-failed. */
  update(change: (before: T | undefined) => T): Promise<T>;
}
