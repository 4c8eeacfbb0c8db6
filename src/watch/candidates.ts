import { allowedHosts, candidates, type HostFacts } from "../domain/placement/candidates.ts";
import type { LiveCheck, LiveNode, Model } from "./model.ts";

/** A node that a container may go to, by what is known now. */
export interface LiveCandidate {
  readonly node: string;
  /** Why it cannot take it, a sentence; null when it can. */
  readonly reason: string | null;
}

/**
 * Where a failover could take the container, the first choice first, and then who cannot take it and why. Nobody is
 * asked: what only the image's registry knows (its platforms) is left out. Empty where no row of
 * `container_host_constraints` lets it move.
 */
export function failoverCandidates(
  model: Model,
  { container, node }: Pick<LiveCheck, "container" | "node">,
): readonly LiveCandidate[] {
  const { config } = model.config;
  const hosts = allowedHosts(config, container);
  const placement = config.placements.find((each) => each.container === container && each.node === node);
  if (!hosts || !placement) return [];
  const facts = [...new Set([node, ...hosts])].flatMap((name) => {
    const live = model.nodes.get(name);
    return live ? [hostFacts(model, live)] : [];
  });
  const homeless = { cluster: config.cluster, placement, hosts, platforms: undefined };
  const { nodes, excluded } = candidates(homeless, facts, { policy: "spread" });
  return [...nodes.map((each): LiveCandidate => ({ node: each, reason: null })), ...excluded];
}

function hostFacts({ config: { config }, vips }: Model, live: LiveNode): HostFacts {
  const { node, spec, state, docker, facts } = live;
  const failure = live.failure ?? docker.failure;
  const { info, found } = docker;
  const answers = state === "answering" && docker.state === "answering" && info && found;
  return {
    node,
    cordoned: spec.cordoned,
    reachable: state === "answering",
    docker: answers
      ? { engineId: machineOf(live, vips), architecture: info.architecture, containers: found.containers }
      : undefined,
    ...(failure ? { problem: failure.message } : answers ? {} : { problem: "It has not been looked at yet." }),
    placed: config.placements.filter((each) => each.node === node),
    memoryAvailableBytes: facts.memoryAvailableBytes ?? null,
  };
}

/** The same under every name of one machine: the engine's own id is copied with an SD card, addresses are not. */
function machineOf({ docker, facts }: LiveNode, vips: Model["vips"]): string {
  const own = (facts.addresses ?? []).filter((address) => !address.startsWith("fe80:") && !vips.has(address));
  return [docker.info?.id, ...own.toSorted()].join(" ");
}
