/** Through what people, scripts and the daemon do things. */
export type Face = "cli" | "tui" | "web" | "api" | "daemon";

/** One thing that happened: a line of `events-CLUSTER.jsonl`, the body of a hook, a document in Elasticsearch. */
export interface PictlEvent {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** Dotted, past tense: `container.created`, `image.built`, `config.changed`. */
  readonly type: string;
  readonly node?: string;
  readonly container?: string;
  /** In the body of a hook, where one thing has become of several: those. */
  readonly containers?: readonly string[];
  /** A virtual IP's address. */
  readonly vip?: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Why: the command line's words, or the daemon's rule. */
  readonly cause?: string;
  /** `user@host` of the controller, or `daemon`. */
  readonly who: string;
  /** Missing in what was written before each cluster had a file of its own. */
  readonly cluster?: string;
  /** Through what it was asked for. */
  readonly face?: Face;
  /** The run of an operation that it belongs to, in the TUI or over HTTP. */
  readonly job?: string;
  /** Where who asked over HTTP was connected from. */
  readonly address?: string;
  readonly durationMs?: number;
  /** Of a move: for how long neither copy ran. */
  readonly gapMs?: number;
  readonly error?: string;
}
