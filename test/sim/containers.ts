import type { ContainerFacts, ContainerState, PublishedPort } from "../../src/domain/docker/facts.ts";

/** A container as Docker keeps it on the disk of its node. */
export interface SimContainer {
  readonly id: string;
  name: string;
  readonly image: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  readonly volumes?: ContainerFacts["volumes"];
  restart: string;
  state: ContainerState;
  exitCode: number | null;
  /** By `docker stop`, which `unless-stopped` remembers. */
  stoppedByHand: boolean;
  startedAtMs: number | null;
  readonly createdAt: number;
}

export function factsOf(container: SimContainer): ContainerFacts {
  const { id, name, imageId, image, state, labels, createdAt, startedAtMs, exitCode, ports, volumes = [] } = container;
  return {
    id,
    name,
    imageId,
    image,
    state,
    statusText: state,
    health: null,
    labels,
    createdAt,
    startedAtMs,
    stopTimeoutSeconds: null,
    finishedAtMs: null,
    healthDecidesMs: null,
    restarts: 0,
    exitCode: state === "exited" ? exitCode : null,
    ports: state === "running" ? ports : [],
    volumes,
    networkMode: "default",
    networks: ["bridge"],
    addresses: {},
  };
}

/**
 * Whether Docker starts a container again when its daemon starts, as measured with Docker 28: after a power loss
 * (`killed`) `on-failure` too, and `always` even after a `docker stop`.
 */
export function comesBack(
  { restart, stoppedByHand }: Pick<SimContainer, "restart" | "stoppedByHand">,
  { ran, killed }: { readonly ran: boolean; readonly killed: boolean },
): boolean {
  const [policy = "no"] = restart.split(":");
  switch (policy) {
    case "always":
      return true;
    case "unless-stopped":
      return ran && !stoppedByHand;
    case "on-failure":
      return ran && !stoppedByHand && killed;
    default:
      return false;
  }
}
