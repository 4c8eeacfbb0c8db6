import type { HeartbeatCheck } from "../config/types.ts";
import type { Generations } from "../container/copies/generations.ts";
import type { ContainerFacts, StopMark } from "../docker/facts.ts";
import type { ErrorCode } from "../errors.ts";

/**
 * What one round saw of a node. The five are never mixed up: a node that refuses us is a configuration fault or an
 * attack and not a dead one, and a Docker that does not answer says nothing about the containers it started.
 */
export type NodeFacts = UpNode | DockerSilentNode | SilentNode | RefusedNode;

/** SSH and Docker answer. */
export interface UpNode {
  readonly state: "up";
  readonly bootId: string;
  readonly containers: readonly ContainerFacts[];
  /** Containers that somebody wants stopped. */
  readonly stopped?: readonly StopMark[];
}

/** SSH answers, Docker does not. */
export interface DockerSilentNode {
  readonly state: "docker-silent";
  readonly bootId: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** SSH does not answer, and what other nodes that answer say of it. */
export interface SilentNode {
  readonly state: "silent";
  readonly code: ErrorCode;
  readonly message: string;
  /** Nodes that tried to reach it and heard nothing. */
  readonly missedBy: readonly string[];
  /** Nodes that reach it. */
  readonly seenBy: readonly string[];
}

/** It answers and does not let us in: authentication, host key, sudo. */
export interface RefusedNode {
  readonly state: "refused";
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is watched: an entry of `hb`, or that a container which may be moved runs. */
export interface Subject {
  readonly container: string;
  readonly node: string;
  readonly check: HeartbeatCheck["check"];
}

export interface CheckFact extends Subject {
  readonly ok: boolean;
  /** What was seen, in a few words. */
  readonly message: string;
  readonly durationMs: number;
  /** The check could not be made. */
  readonly cannotTell?: boolean;
  /** Other nodes for which it succeeds, when it failed from here. */
  readonly seenBy?: readonly string[];
}

/** A move away from a failing node. */
export interface WantedMove {
  readonly container: string;
  readonly from: string;
  /** Peers confirm that the node is dead. */
  readonly nodeDead: boolean;
}

/** Everything one round saw. Times are milliseconds of a clock that never goes back. */
export interface RoundFacts {
  readonly at: number;
  readonly nodes: Readonly<Record<string, NodeFacts>>;
  readonly checks: readonly CheckFact[];
  /** Containers that something is being done to: by an earlier round, or by a move that is not settled. */
  readonly busy: ReadonlySet<string>;
  /** Moves that an earlier round began and that have not ended. */
  readonly underWay: readonly WantedMove[];
  readonly generations: Generations;
  /** This process stood still (suspended, stopped, starved), so that what it counted before says nothing. */
  readonly stalled: boolean;
  /** What is wrong with the config file, if it is. */
  readonly configProblem?: string;
}

/** `web@n1`: the key of everything that is remembered of a container on a node. */
export function keyOf({ container, node }: { readonly container: string; readonly node: string }): string {
  return `${container}@${node}`;
}
