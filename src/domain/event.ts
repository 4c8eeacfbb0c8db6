/** One thing that happened: a line of `events-CLUSTER.jsonl`, the body of a hook, a document in Elasticsearch. */
export interface PictlEvent {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** Dotted, past tense: `container.created`, `image.built`, `config.changed`. */
  readonly type: string;
  readonly node?: string;
  readonly container?: string;
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
  readonly durationMs?: number;
  readonly error?: string;
}
