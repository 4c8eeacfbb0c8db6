import { checkKinds, type HeartbeatCheck, type Placement } from "../config/types.ts";
import type { ContainerFacts, VolumeMount } from "../docker/facts.ts";
import { parseRunArgs } from "../docker/run/run-args.ts";
import { formatLocalData, ownData } from "../move/local-data.ts";

/**
 * How a new copy takes the place of the old one on the same node. `start-first`: both run until the new one has passed
 * its gate. `hand-off`: both run, and the network with the published ports changes hands. `stop-first`: the old one stops
 * before the new one starts.
 */
export type Swap =
  | { readonly kind: "start-first" }
  /** `network`: the one that changes hands. */
  | { readonly kind: "hand-off"; readonly network: string }
  /** `why`: what keeps it from anything better, as part of a sentence. */
  | { readonly kind: "stop-first"; readonly why: string };

/** What a swap is chosen by. */
export interface SwapFacts {
  readonly placement: Placement;
  /** The copy that is there. */
  readonly old: ContainerFacts;
  /** Its hb entry's. */
  readonly check: HeartbeatCheck["check"] | undefined;
  /** The image of the new copy; undefined when the node does not have it yet. */
  readonly declares: { readonly volumes: readonly string[]; readonly healthcheck: boolean } | undefined;
}

/** The best swap that a container allows: two copies must neither want one port nor write to the same data. */
export function chooseSwap({ placement, old, check, declares }: SwapFacts): Swap {
  const { published, networks } = parseRunArgs(placement.args);
  const why = keptApart({ placement, old, declares });
  if (why !== undefined) return { kind: "stop-first", why };
  const looksAt = check && checkKinds[check.kind];
  if (!published.some(({ hostPorts }) => hostPorts !== undefined)) {
    if (looksAt !== "port") return { kind: "start-first" };
    return { kind: "stop-first", why: "its check looks at a port of the node, where the old copy would answer" };
  }
  const [network = "bridge", another] = networks.map((name) => (name === "default" ? "bridge" : name));
  if (network === "none" || another !== undefined || old.networks.length !== 1 || old.networks[0] !== network) {
    return { kind: "stop-first", why: "it publishes ports and is not in one network alone" };
  }
  if (looksAt !== "inside" && !hasHealthcheck(placement, declares?.healthcheck === true)) {
    const remedy = "a HEALTHCHECK or an exec check would";
    return { kind: "stop-first", why: `it publishes ports, and nothing tells from inside when it serves (${remedy})` };
  }
  return { kind: "hand-off", network };
}

function keptApart({ placement, old, declares }: Omit<SwapFacts, "check">): string | undefined {
  const { args, update } = placement;
  if (update?.swap === "stop-first") return "its layout entry says so";
  if (old.state !== "running") return "the old copy does not run";
  const declared = (declares?.volumes ?? []).map((target): VolumeMount => ({ name: "", target }));
  // Data that other nodes see, too, is still written to by both.
  const [data] = ownData({ args }, [...old.volumes, ...declared]);
  if (data) return `two copies must not write to the same data: ${formatLocalData(data)}`;
  const alone = parseRunArgs(args).words.find((word) => forOneAlone.test(word));
  if (alone !== undefined) return `two copies cannot have the same ${alone.replace(/=.*/, "")}`;
  const [shared] = [...parseRunArgs(args).networks, old.networkMode].filter((name) =>
    /^(?:host$|container:)/.test(name),
  );
  return shared === undefined ? undefined : `it uses the network of ${shared === "host" ? "its node" : shared}`;
}

/** Flags whose value only one container can have, or that give it a device of the node. */
const forOneAlone = /^--(?:ip6?|mac-address|link|net(?:work)?-alias|cidfile|device|gpus|privileged|pid|ipc)(?:=|$)/;

function hasHealthcheck({ args }: Placement, declared: boolean): boolean {
  if (args.some((word) => /^--no-healthcheck(?:=true)?$/.test(word))) return false;
  return declared || args.some((word) => /^--health-cmd(?:=|$)/.test(word));
}

/** What a swap is and costs, to be told before it is done. */
export function swapInWords(swap: Swap): string {
  switch (swap.kind) {
    case "start-first":
      return "start-first: the old copy stops when the new one has passed its check";
    case "hand-off":
      return "hand-off: the new copy takes over the ports when it has passed its check";
    case "stop-first":
      return `stop-first, since ${swap.why}: it does not serve from the stop of the old copy until the new one does`;
  }
}

/** Whether Docker may copy what its image has into volumes of it, which takes its time. What nobody knows of may do anything. */
export function fillsVolumes(args: readonly string[], declares: SwapFacts["declares"]): boolean {
  return declares?.volumes.length !== 0 || parseRunArgs(args).mounts.some(({ type }) => type === "volume");
}
