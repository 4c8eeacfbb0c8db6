/**
 * What the auditor saw, one JSON object a line. `at` is CLOCK_MONOTONIC in milliseconds with three decimals, the same
 * clock in every process of this machine, so that tests can put marks between what observers wrote.
 */
import { readFileSync } from "node:fs";

export type Entry =
  | PowerSeen
  | CopiesSeen
  | DockerEvent
  | ConfigSeen
  | AddressChange
  | HoldingSeen
  | ArpReply
  | Probe
  | Usage
  | SecretSeen
  | Mark;

interface Stamped {
  readonly at: number;
}

/** A node's first process came or went. */
export interface PowerSeen extends Stamped {
  readonly kind: "power";
  readonly node: string;
  readonly on: boolean;
}

/** All containers on a node's disk, written when something about them changed. */
export interface CopiesSeen extends Stamped {
  readonly kind: "copies";
  readonly node: string;
  readonly copies: readonly CopySeen[];
}

export interface CopySeen {
  readonly id: string;
  /** As Docker calls it. */
  readonly name: string;
  /** From its labels; null: nobody's of ours. */
  readonly cluster: string | null;
  readonly container: string | null;
  readonly generation: number | null;
  /** There are processes in its control group, whatever Docker says. */
  readonly running: boolean;
}

/** One line of the engine's event stream, at the engine's own time. */
export interface DockerEvent extends Stamped {
  readonly kind: "docker";
  readonly node: string;
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly name: string;
}

/** A version of the config file. */
export interface ConfigSeen extends Stamped {
  readonly kind: "config";
  readonly sha256: string;
  /** Why it does not parse; null when it does. */
  readonly problem: string | null;
  readonly placements: readonly { readonly container: string; readonly node: string }[];
}

/** What the kernel of a node told about the virtual address. */
export interface AddressChange extends Stamped {
  readonly kind: "address";
  readonly node: string;
  readonly change: "set" | "removed";
  /** With its prefix length. */
  readonly address: string;
  readonly device: string;
  /** Seconds left as the kernel says; null: for ever. */
  readonly validSeconds: number | null;
}

/** Whether a node had the virtual address when somebody looked. */
export interface HoldingSeen extends Stamped {
  readonly kind: "holding";
  readonly node: string;
  readonly holds: boolean;
}

/** Somebody answered who has the virtual address. */
export interface ArpReply extends Stamped {
  readonly kind: "arp";
  readonly mac: string;
}

/** The client asked at `at`. */
export interface Probe extends Stamped {
  readonly kind: "probe";
  readonly ok: boolean;
  /** The node that answered. */
  readonly by: string | null;
  readonly tookMs: number;
}

export interface Usage extends Stamped {
  readonly kind: "usage";
  readonly pid: number;
  readonly rssBytes: number;
  readonly descriptors: number;
  readonly sockets: number;
}

/** A canary stood in a process's command line. */
export interface SecretSeen extends Stamped {
  readonly kind: "secret";
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * What a test says it does. `fault`: on purpose, and on `nodes` (or `controller`) nothing can be done meanwhile.
 * `by-hand`: containers, addresses or the config of `nodes` are changed by the test itself. `quiet`: nobody may change
 * anything. `settled`: now everything should be as the config says. `removed`: `containers` are no longer wanted.
 * `stranger`: `containers` of `nodes` are not ours and must be left alone. `frozen`: the controller was asked to stop and may leave the address without an end.
 */
export interface Mark extends Stamped {
  readonly kind: "mark";
  readonly mark: "fault" | "by-hand" | "quiet" | "settled" | "removed" | "stranger" | "frozen" | "note";
  readonly phase: "begin" | "end" | "point";
  readonly name: string;
  readonly nodes?: readonly string[];
  readonly containers?: readonly string[];
}

/** Now, on the history's clock. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** The entries of a history file in the order of their stamps. A last line that was cut off is left out. */
export function readHistory(file: string): Entry[] {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return sorted(lines.map((line) => JSON.parse(line) as Entry));
}

/** Stable, so that what was seen at once stays in the order it was written. */
export function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.at - b.at);
}
