/** What a store takes from its surroundings; the process's own unless given. */
export interface StoreOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly home?: string;
  /** Whether the reader is root. */
  readonly root?: boolean;
  /** Milliseconds to wait for another writer; 10 s by default. */
  readonly lockWaitMs?: number;
}
