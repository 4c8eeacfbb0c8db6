import type { Model } from "./model.ts";

/** What a viewer has on its screen. */
export interface Interest {
  /** The containers whose use is shown, as `container@node`; or of every one. */
  readonly uses: readonly string[] | "all";
}

/**
 * The live model and what feeds it. Nothing is looked at before the first `subscribe`, and nothing any more when the
 * last subscriber has gone; what was known stays, with its age.
 */
export interface Live {
  /** The newest model. */
  current(): Model;
  /**
   * Calls the listener whenever something has changed, at most 20 times a second, with the newest model and the one
   * that this listener was last called with. Returns what ends it.
   */
  subscribe(listener: (model: Model, before: Model) => void): () => void;
  /** What containers use is measured only while somebody watches it. Returns what ends it. */
  watch(interest: Interest): () => void;
  /** Looks at everything now. Resolves when every node has told, or has failed to. Never rejects. */
  refresh(): Promise<void>;
  /** Ends everything, for good. Never rejects. */
  stop(): Promise<void>;
}
