import { type Leadership, openLeadership } from "../../src/app/leadership/index.ts";
import type { LeadershipState, Nodes, VipPorts } from "../../src/app/ports.ts";
import type { Process } from "./process.ts";
import { durableFile } from "./state.ts";
import type { World } from "./world.ts";

export function openSimLeadership(
  world: World,
  process: Process,
  ports: VipPorts & { readonly random: () => number },
): Promise<Leadership> {
  return openLeadership(ports, leadershipOf(world, process, ports.vipNodes));
}

/** What the daemons of one machine know of who leads. */
export function leadershipOf(world: World, process: Process, nodes: Nodes): LeadershipState {
  const { machine } = process;
  const own = world.disk(machine);
  const file = {
    read: () => own.leadership && { ...own.leadership, machine: own.isCopied ? "" : own.leadership.machine },
    write: (value: typeof own.leadership) => {
      own.leadership = value;
      own.isCopied = false;
    },
  };
  return {
    memory: durableFile(world, process, "the leadership", file),
    machine,
    newOwner: () => machine,
    nodes,
  };
}
