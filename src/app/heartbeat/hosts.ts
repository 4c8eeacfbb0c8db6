import type { Config } from "../../domain/config/types.ts";
import type { FailOverAction } from "../../domain/heartbeat/decide.ts";
import { candidates } from "../../domain/placement/candidates.ts";
import { lookAround } from "../placement/look.ts";
import type { HeartbeatPorts } from "../ports.ts";

/** The hosts that can take a container now, the first choice first, and a sentence for each that cannot. */
export async function orderHosts(
  ports: HeartbeatPorts,
  config: Config,
  { container, from, hosts }: FailOverAction,
): Promise<{ hosts: readonly string[]; excluded: readonly string[] }> {
  const placement = config.placements.find((each) => each.container === container && each.node === from);
  const { homeless, facts } = await lookAround(ports, config, placement ? [placement] : []);
  const [one] = homeless;
  if (!one) return { hosts: [], excluded: [`${container} is no longer on ${from}, as the layout says.`] };
  const { failoverPolicy: policy } = config.heartbeat;
  const choice = policy === "random" ? { policy, random: ports.random } : { policy };
  const { nodes, excluded } = candidates({ ...one, hosts }, facts, choice);
  return { hosts: nodes, excluded: excluded.map((each) => each.reason) };
}
