import type { Config, HeartbeatSection, Placement } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import { runsOneOf } from "../docker/engine/architecture.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { PictlError } from "../errors.ts";
import { plural } from "../text.ts";
import { reservedPort, takenPort } from "./ports.ts";

/** What is known of a node that a container could go to. */
export interface HostFacts {
  readonly node: string;
  readonly cordoned: boolean;
  /** A connection could be made. */
  readonly reachable: boolean;
  /** Undefined when its Docker did not answer. */
  readonly docker: HostDocker | undefined;
  /** What was said when it, or its Docker, could not be asked, as a sentence. */
  readonly problem?: string;
  /** What the layout places there, running or not. */
  readonly placed: readonly Placement[];
  /** Null when nobody knows. */
  readonly memoryAvailableBytes: number | null;
}

interface HostDocker {
  /** The same under every name of its machine. */
  readonly engineId: string;
  /** As `uname -m` says it. */
  readonly architecture: string;
  /** All of the node's, also those that are not ours. */
  readonly containers: readonly ContainerFacts[];
}

/** A container that needs another node. */
export interface Homeless {
  readonly cluster: string;
  /** Where it is now, and what it is run with. */
  readonly placement: Placement;
  /** The nodes it may go to; undefined for any. */
  readonly hosts: readonly string[] | undefined;
  /** The platforms that its image is made for (`amd64`, `arm/v7`); undefined when nobody knows, or it is built there. */
  readonly platforms: readonly string[] | undefined;
}

/** Which of several fitting nodes comes first. `random` gives a number in [0, 1). */
export type PlacementPolicy =
  | { readonly policy: Extract<HeartbeatSection["failoverPolicy"], "spread"> }
  | { readonly policy: Extract<HeartbeatSection["failoverPolicy"], "random">; readonly random: () => number };

export interface Candidates {
  /** The nodes that can take it, the best first. */
  readonly nodes: readonly string[];
  /** Why each of the others cannot, though it may. */
  readonly excluded: readonly Exclusion[];
}

export interface Exclusion {
  readonly node: string;
  /** One sentence that names the node. */
  readonly reason: string;
}

/**
 * The nodes that can take a container, best first. Every node that it may go to, but the one where it is, is either
 * among them or excluded with the reason: unreachable, no working Docker, cordoned, the same machine or container there
 * already, a published port that is taken, another architecture. `spread` takes the node with the fewest containers,
 * then the one with the most free memory, then the first of `facts`.
 */
export function candidates(homeless: Homeless, facts: readonly HostFacts[], choice: PlacementPolicy): Candidates {
  const { node: from } = homeless.placement;
  const source = facts.find((each) => each.node === from);
  const allowed = (homeless.hosts ?? facts.map(({ node }) => node)).filter((node) => node !== from);
  const fitting: HostFacts[] = [];
  const excluded: Exclusion[] = [];
  for (const node of new Set(allowed)) {
    const host = facts.find((each) => each.node === node);
    const reason = host === undefined ? `Nothing is known of ${node}.` : obstacle(homeless, host, source);
    if (reason !== undefined) excluded.push({ node, reason });
    else if (host !== undefined) fitting.push(host);
  }
  const inOrder = facts.filter((each) => fitting.includes(each));
  return { nodes: ordered(inOrder, choice).map(({ node }) => node), excluded };
}

/** The hosts that `container_host_constraints` allows a container; undefined when no row is about it. */
export function allowedHosts(config: Pick<Config, "constraints">, container: string): readonly string[] | undefined {
  return config.constraints.find((row) => row.container === container)?.hosts;
}

/** The failure of a container for which there is no candidate, each reason in a line of its own. */
export function noCandidate({ placement, hosts }: Homeless, excluded: readonly Exclusion[]): PictlError {
  const { container, node } = placement;
  const none = hosts === undefined ? "there is none." : "its row of `container_host_constraints` allows none.";
  const shown = excluded.slice(0, shownReasons).map(({ reason }) => reason);
  const more = excluded.length - shown.length;
  const reasons = [...shown, ...(more > 0 ? [`The same or the like goes for ${plural(more, "other node")}.`] : [])];
  return new PictlError(
    "no-candidate",
    `No other node can take ${container}:${reasons.length === 0 ? ` ${none}` : `\n${reasons.join("\n")}`}`,
    {
      container,
      node,
      hint:
        hosts === undefined
          ? "Put one of that right, or add a node with `pictl node add`."
          : `Put one of that right, or allow it more nodes with \`pictl container edit ${container} --host NODE …\`.`,
    },
  );
}

const shownReasons = 8;

/** Why this host cannot take it; undefined when it can. The operator's will comes first, then what may pass by itself. */
function obstacle(homeless: Homeless, host: HostFacts, source: HostFacts | undefined): string | undefined {
  const { node, docker } = host;
  const { container, args } = homeless.placement;
  if (host.cordoned) return `${node} is cordoned.`;
  if (!host.reachable || docker === undefined) {
    const missing = host.reachable ? `Docker does not answer on ${node}.` : `${node} does not answer.`;
    if (host.problem === undefined) return missing;
    return host.problem.startsWith(`${node} `) ? host.problem : `${node}: ${host.problem}`;
  }
  if (docker.engineId === source?.docker?.engineId) return `${node} is the same machine as ${source.node}.`;
  if (host.placed.some((each) => each.container === container)) return `The layout has ${container} on ${node} too.`;
  const namesake = docker.containers.find((facts) => facts.name === container);
  if (namesake && !isOurs(namesake, homeless.cluster)) {
    return `${node} has a container called ${container} that is not of this cluster.`;
  }
  const taken = takenPort(
    args,
    docker.containers.filter((facts) => facts !== namesake),
  );
  if (taken) return `${taken.by} has port ${String(taken.port)} on ${node}.`;
  const reserved = reservedPort(args, host.placed);
  if (reserved) return `The layout gives port ${String(reserved.port)} of ${node} to ${reserved.by}.`;
  // Whoever names a platform knows what runs it.
  const platforms = args.some((word) => /^--platform(?:=|$)/.test(word)) ? undefined : homeless.platforms;
  if (platforms && !runsOneOf(docker.architecture, platforms)) {
    return `${node} is ${docker.architecture}, and the image is for ${platforms.join(", ")}.`;
  }
  return undefined;
}

function ordered(hosts: readonly HostFacts[], choice: PlacementPolicy): readonly HostFacts[] {
  if (choice.policy === "random") return shuffled(hosts, choice.random);
  const memory = (host: HostFacts): number => host.memoryAvailableBytes ?? -1;
  return hosts.toSorted((a, b) => load(a) - load(b) || memory(b) - memory(a));
}

/** Whatever runs there, and what is meant to. */
function load({ docker, placed }: HostFacts): number {
  const running = docker?.containers.filter((facts) => facts.state === "running") ?? [];
  return new Set([...running.map(({ name }) => name), ...placed.map(({ container }) => container)]).size;
}

/** Fisher and Yates: every order is equally likely. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}
