import type { Connection, VipPorts } from "../../src/app/ports.ts";
import type { Config, VipSection } from "../../src/domain/config/types.ts";
import { fakeClock } from "./clock.ts";
import { config, node } from "./config.ts";

/** A leased address with one candidate, `n1`; `candidate`: what its row says otherwise. */
export function oneCandidate(candidate: Partial<VipSection["candidates"][number]> = {}): {
  readonly config: Config;
  readonly section: VipSection;
} {
  const row = { node: "n1", device: "eth0", slave: undefined, pingIntervalMs: 1000, ...candidate };
  const section: VipSection = {
    ...{ name: "vip", ip: "10.0.0.9", mode: "lease", leaseMs: 15_000, preempt: false },
    candidates: [row],
  };
  return { config: config({ nodes: [node("n1")] }), section };
}

/** Ports to `n1`, to which lines are like this one. `discarded` is told of each that is given up. */
export function portsTo(
  connection: Partial<Connection>,
  discarded: (node: string) => void = () => undefined,
): VipPorts {
  return {
    clock: fakeClock,
    signal: new AbortController().signal,
    scripts: { read: () => Promise.resolve("") },
    vipNodes: { connect: () => Promise.resolve({ node: "n1", ...connection }), discard: discarded },
  } as unknown as VipPorts;
}
