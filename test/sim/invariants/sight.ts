/** One copy of one of our containers, wherever and in whatever state. */
export interface Copy {
  /** As the layout calls it. */
  readonly container: string;
  readonly node: string;
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  readonly generation: number;
}

/** The cluster at one moment, as nobody in it can see it. */
export interface Sight {
  readonly at: number;
  readonly copies: readonly Copy[];
  /** Nodes that answer the controller, and their Docker too. */
  readonly answering: ReadonlySet<string>;
  /** The daemon runs, has made a round, and does not believe itself cut off. */
  readonly watching: boolean;
  /** Containers whose locks somebody has. */
  readonly busy: ReadonlySet<string>;
}

/** A sentence for what must not be; undefined when all is well. */
export type Verdict = string | undefined;
