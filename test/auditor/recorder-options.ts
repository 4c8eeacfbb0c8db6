/** What the recorder is told to watch. Paths are this machine's. */
export interface RecorderOptions {
  /** Where the history goes. */
  readonly history: string;
  readonly config: string;
  readonly nodes: readonly WatchedNode[];
  /** Holds the id of a process in the switch's network namespace. */
  readonly switchFile: string;
  readonly vip?: WatchedVip;
  /** Texts that may stand in no command line of this machine, nodes included. */
  readonly canaries?: readonly string[];
}

export interface WatchedNode {
  readonly name: string;
  /** Holds the id of the process whose first child is the node's first process. */
  readonly holderFile: string;
  /** The node's root folder, there also while the node has no power. */
  readonly disk: string;
  /** Of its containers, below the root of every control group hierarchy. */
  readonly cgroup: string;
}

export interface WatchedVip {
  readonly address: string;
  /** Addresses of the lab that nobody else uses, with prefix length, for those who ask. */
  readonly clientAddress: string;
  readonly observerAddress: string;
}

/** What a test tells a recorder, one JSON object a line. */
export type Order =
  | { readonly order: "mark"; readonly entry: object }
  /** From now on, once a second. */
  | { readonly order: "watch"; readonly pid: number }
  /** Answered by a line "synced": all that was ordered or seen before is in the history. */
  | { readonly order: "sync" }
  | { readonly order: "stop" };
