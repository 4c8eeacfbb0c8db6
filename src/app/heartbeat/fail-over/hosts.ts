import type { Config, Placement } from "../../../domain/config/types.ts";
import type { FailOverAction } from "../../../domain/heartbeat/decision.ts";
import { candidates, type HostFacts } from "../../../domain/placement/candidates.ts";
import { lookForPlaces } from "../../placement/look.ts";
import type { HeartbeatPorts } from "../../ports.ts";

/** The containers that are being moved, and where to: the layout has them there in a moment. */
export type OnTheirWay = Map<string, { readonly placement: Placement; readonly host: string }>;

/**
 * The hosts that can take a container now, the first choice first, and a sentence for each that cannot. From then on it
 * is on its way to the first, so that whoever chooses next, spreads over the others and keeps off its ports.
 */
export async function orderHosts(
  ports: HeartbeatPorts,
  config: Config,
  { action: { container, from, hosts }, onTheirWay }: { action: FailOverAction; onTheirWay: OnTheirWay },
): Promise<{ hosts: readonly string[]; excluded: readonly string[]; placement?: Placement }> {
  const placement = config.placements.find((each) => each.container === container && each.node === from);
  const { homeless, facts } = await lookForPlaces(ports, config, placement ? [placement] : []);
  const [one] = homeless;
  if (!one) return { hosts: [], excluded: [`${container} is no longer on ${from}, as the layout says.`] };
  const { failoverPolicy: policy } = config.heartbeat;
  const choice = policy === "random" ? { policy, random: ports.random } : { policy };
  const { nodes, excluded } = candidates({ ...one, hosts }, facts.map(withArrivals(onTheirWay)), choice);
  const [first] = nodes;
  if (first !== undefined) onTheirWay.set(container, { placement: one.placement, host: first });
  return { hosts: nodes, excluded: excluded.map((each) => each.reason), placement: one.placement };
}

function withArrivals(onTheirWay: OnTheirWay): (facts: HostFacts) => HostFacts {
  return (facts) => {
    const arrivals = [...onTheirWay.values()].filter(
      ({ placement, host }) =>
        host === facts.node && !facts.placed.some((each) => each.container === placement.container),
    );
    return { ...facts, placed: [...facts.placed, ...arrivals.map(({ placement }) => placement)] };
  };
}
