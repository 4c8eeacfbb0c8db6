/** What Docker says of a node, reduced to what pictl decides on. */

import type { EnvVariable } from "../container/environment/variables.ts";
import type { Product } from "./engine/product.ts";

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export interface ContainerFacts {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly imageId: string;
  /** The reference it was started from. */
  readonly image: string;
  readonly state: ContainerState;
  /** Docker's own words: `Up 3 minutes (healthy)`. */
  readonly statusText: string;
  readonly health: "healthy" | "unhealthy" | "starting" | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; null when it never ran. */
  readonly startedAtMs: number | null;
  /** When it ended the last time, milliseconds since the epoch; null when it never did. */
  readonly finishedAtMs: number | null;
  /** How long its HEALTHCHECK may take until Docker calls it healthy or unhealthy; null when it has none. */
  readonly healthDecidesMs: number | null;
  readonly exitCode: number | null;
  /** How often Docker has started it again since somebody started it; null when it was not asked. */
  readonly restarts: number | null;
  /** All its variables, those of its image too; undefined when it was not asked. */
  readonly env?: readonly EnvVariable[];
  /** The ids of the containers whose network, processes or memory it shares; undefined when it was not asked. */
  readonly joined?: readonly string[];
  /** Its `--stop-timeout`, -1 for ever; null: Docker's own, or not known. */
  readonly stopTimeoutSeconds: number | null;
  readonly ports: readonly PublishedPort[];
  /** Those included that its image declares. */
  readonly volumes: readonly VolumeMount[];
  /** `default`, `bridge`, `host`, `none`, `container:ID` or a network's name: what it was made with. */
  readonly networkMode: string;
  /** The networks it is connected to now. */
  readonly networks: readonly string[];
  /** Its address in each network that gives it one. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Somebody wants a container stopped, and said so with `pictl stop`. */
export interface StopMark {
  /** The container's id: another container of that name is not meant. */
  readonly id: string;
  readonly container: string;
  readonly cluster: string;
  /** `user@host`. */
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  /** The volume that keeps the mark. */
  readonly volume: string;
}

export interface VolumeMount {
  /** 64 hexadecimal digits for one that nobody gave a name. */
  readonly name: string;
  /** Where the container sees it. */
  readonly target: string;
}

export interface PublishedPort {
  readonly ip: string;
  readonly publicPort: number;
  readonly privatePort: number;
  readonly protocol: string;
}

export interface ImageFacts {
  readonly id: string;
  /** `name:tag`, none for a dangling image. */
  readonly tags: readonly string[];
  /** `name@sha256:…` as registries have it, none for what was never in one. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What an image says of the containers that run it. */
export interface ImageDeclares {
  /** Where it declares volumes (`VOLUME`). */
  readonly volumes: readonly string[];
  /** It has a HEALTHCHECK. */
  readonly healthcheck: boolean;
}

/** Bytes on the disk, by id; what Docker does not say is missing. */
export interface DiskFacts {
  /** What goes when this image alone goes: without the layers that others have too. */
  readonly imageBytes: Readonly<Record<string, number>>;
  /** What a container wrote, above its image. */
  readonly containerBytes: Readonly<Record<string, number>>;
}

/** A container's counters at one moment; two of them give a percentage (`cpuPercent`). */
export interface StatsSample {
  readonly cpuTotalNs: number;
  readonly systemCpuNs: number;
  readonly onlineCpus: number;
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  readonly networkRxBytes: number;
  readonly networkTxBytes: number;
}

export interface EngineInfo {
  /** The daemon's own id: the same under every name of its machine. */
  readonly id: string;
  readonly product: Product;
  /** Images lie in containerd's store, which has manifests, and not in Docker's classic one. */
  readonly containerd?: true;
  readonly serverVersion: string;
  readonly containersRunning: number;
  readonly containers: number;
  readonly images: number;
  readonly architecture: string;
  readonly operatingSystem: string;
  readonly kernelVersion: string;
  readonly memoryBytes: number;
  readonly cpus: number;
}

export interface LogRecord {
  /** Nanosecond RFC 3339 time as Docker gives it; sorts as text. */
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  /** One line without its newline, escape sequences and all. */
  readonly line: string;
}

/** Something happened to what Docker has; what it is now has to be looked at. */
export interface EngineEvent {
  /** `unread`: nobody could read it, so that it may be of anything. One of a network is of the container it is about. */
  readonly type: "container" | "image" | "volume" | "unread";
  /** Docker's word, without what it says behind a colon: `die`, `health_status`. */
  readonly action: string;
  readonly id: string;
  /** What it is called, and what it was called before, as far as that is told. */
  readonly names: readonly string[];
  /** The engine's time, seconds since the epoch with nanoseconds, for `EventsOptions.since`; undefined for `unread`. */
  readonly at: string | undefined;
}
