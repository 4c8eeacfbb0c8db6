import type { Segment } from "../../domain/build/kept-context.ts";
import type { NodeSpec } from "../../domain/config/types.ts";
import type {
  ContainerFacts,
  DiskFacts,
  EngineEvent,
  EngineInfo,
  ImageDeclares,
  ImageFacts,
  LogRecord,
  StopMark,
  StatsSample,
} from "../../domain/docker/facts.ts";
import type { StateFile } from "./state.ts";

/** Docker on a node, for reading. Changes go through the docker client as commands (`src/domain/docker`). */
export interface Engines {
  /** Rejects with docker-missing, docker-unavailable, docker-denied and what `Nodes.connect` rejects with. */
  on(node: NodeSpec, signal?: AbortSignal): Promise<Engine>;
}

/** Each question rejects with docker-failed, docker-unavailable when Docker is silent, and connection-lost. */
export interface Engine {
  info(): Promise<EngineInfo>;
  /**
   * All containers, stopped ones too. `known` is asked for each as Docker's list tells it, which is not everything: what it
   * gives is taken, and the container is not asked for the rest.
   */
  containers(known?: (listed: ContainerFacts) => ContainerFacts | undefined): Promise<ContainerFacts[]>;
  /**
   * Where its node reaches a container: its addresses, or the node's own where it has the node's network. Empty for one
   * without a network; undefined when there is no such container.
   */
  addresses(name: string): Promise<readonly string[] | undefined>;
  /** The container of exactly this name; undefined when there is none. */
  container(name: string): Promise<ContainerFacts | undefined>;
  /** The containers that somebody wants stopped, those of other clusters too. */
  stopMarks(): Promise<readonly StopMark[]>;
  /** One sample of a running container's use, without waiting for a second one. */
  stats(containerId: string): Promise<StatsSample>;
  images(): Promise<ImageFacts[]>;
  /** What things take on the disk; Docker measures it, which may take it a while. */
  disk(): Promise<DiskFacts>;
  /** The layers of an image, the lowest first; none when it is gone. */
  layers(imageId: string): Promise<readonly string[]>;
  /** What an image declares for its containers; nothing when it is gone. */
  declares(imageId: string): Promise<ImageDeclares>;
  /** What the last run of a container's HEALTHCHECK said; empty when there was none. */
  healthOutput(containerId: string): Promise<string>;
  /**
   * The platforms that a registry has of an image (`amd64`, `arm/v7`), as the node's Docker learns them from it.
   * Rejects with docker-failed where the registry does not tell.
   */
  platforms(reference: string): Promise<readonly string[]>;
  logs(containerId: string, options: LogOptions): AsyncIterable<LogRecord>;
  /**
   * What happens to containers and images, and that volumes come and go, as it happens. Resolves when Docker has begun to
   * tell: what happens later is told. Docker remembers the last 256 events, and may leave out some when many come at once.
   * The iteration never ends but by throwing connection-lost, or interrupted.
   */
  events(options: EventsOptions): Promise<AsyncIterable<EngineEvent>>;
}

export interface EventsOptions {
  /** `EngineEvent.at` of the last one that was seen: what came after it is told first, and it once more. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Lines from the end, undefined for all. */
  readonly tail: number | undefined;
  /** Seconds since the epoch (may be fractional), undefined for all. */
  readonly since: number | undefined;
  readonly signal: AbortSignal;
}

/** Build folders on the controller. */
export interface BuildContexts {
  /**
   * Reads of a folder what is not known from the last time, for its digest. Resolves to undefined when the controller
   * has no such folder; rejects with build-context-invalid (no Dockerfile, a fifo, an unreadable file, a bad `.dockerignore`) and interrupted.
   */
  open(folder: string, signal?: AbortSignal): Promise<BuildContext | undefined>;
  /** What a node was sent of a folder the last time. */
  sent(folder: string, node: string): StateFile<SentContext>;
}

/** A context's tar, by what it is made of. */
export interface SentContext {
  /** The same for the same tar. */
  readonly id: string;
  readonly bytes: number;
  /** What each piece is, where it is, and how long. */
  readonly pieces: readonly (readonly [key: string, at: number, bytes: number])[];
}

/** What makes one tar of another. */
export interface ContextDifference {
  /** The tar that it makes. */
  readonly sent: SentContext;
  /** The one that its segments are of; undefined where all of it is sent. */
  readonly before: string | undefined;
  readonly segments: readonly Segment[];
  readonly sentBytes: number;
  /** As `BuildContext.tar`, of the segments that are sent. */
  readonly chunks: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
}

export interface BuildContext {
  readonly folder: string;
  /** `sha256:` and the hash of everything docker would see: names, kinds, modes, link targets and data, no times. */
  readonly digest: string;
  readonly files: number;
  /** Bytes of data in the files. */
  readonly bytes: number;
  /**
   * The context as a tar, read from disk as it is consumed; each chunk is good until the next one. May be asked for any
   * number of times. Throws build-context-invalid in the stream when a file is no longer what the digest was made of.
   */
  tar(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** The same tar as a difference from one that was sent before. */
  difference(before: SentContext | undefined): Promise<ContextDifference>;
}
