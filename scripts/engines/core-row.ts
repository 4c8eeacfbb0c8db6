/** What became of one part of the core on one engine. */
export interface CoreRow {
  readonly part: string;
  readonly ok: boolean;
  /** What was seen, or why it failed. */
  readonly said: string;
  readonly seconds: number;
}
