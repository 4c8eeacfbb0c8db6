import type { Picture } from "../picture.ts";

/** Something that must not have happened. Times in milliseconds. */
export interface Violation {
  readonly rule: string;
  readonly at: number;
  readonly durationMs?: number;
  /** What was seen. */
  readonly what: string;
}

/** What may be; everything in milliseconds. */
export interface Limits {
  /** The cluster whose containers are ours. */
  readonly cluster: string;
  /** For how long two copies may run while something could be done about it: a tick, and what a stop takes. */
  readonly twoCopiesMs: number;
  /** For how long the config may name another node than the one where the copy runs. */
  readonly misplacedMs: number;
  /** Containers that run on several nodes on purpose. */
  readonly several?: readonly string[];
  readonly vip?: VipLimits;
}

export interface VipLimits {
  readonly mode: "static" | "lease";
  /** Static mode: for how long two may have the address once a fully isolated one is back. */
  readonly twoHoldersMs: number;
  /** Lease mode: the longest time an address may be given for, in seconds. */
  readonly leaseSeconds?: number;
}

export type Rule = (picture: Picture, limits: Limits) => Violation[];
