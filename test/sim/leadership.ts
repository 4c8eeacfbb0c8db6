import { type Leadership, openLeadership } from "../../src/app/leadership/index.ts";
import type { VipPorts } from "../../src/app/ports.ts";
import type { Process } from "./process.ts";
import { durableFile } from "./state.ts";
import type { World } from "./world.ts";

/** What the daemons of one machine know of who leads. */
export function openSimLeadership(
  world: World,
  process: Process,
  ports: VipPorts & { readonly random: () => number },
): Promise<Leadership> {
  const { machine } = process;
  const own = world.disk(machine);
  const file = {
    read: () => own.leadership && { ...own.leadership, machine: own.isCopied ? "" : own.leadership.machine },
    write: (value: typeof own.leadership) => {
      own.leadership = value;
      own.isCopied = false;
    },
  };
  return openLeadership(ports, {
    memory: durableFile(world, process, "the leadership", file),
    machine,
    newOwner: () => machine,
    nodes: ports.vipNodes,
  });
}
