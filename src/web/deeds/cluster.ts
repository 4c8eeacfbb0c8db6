import { deed, type Deed } from "../state/doing.ts";

export function cordon(node: string, on: boolean): Deed {
  const title = `${on ? "Cordon" : "Uncordon"} ${node}`;
  return deed(on ? "node.cordon" : "node.uncordon", { node: [node] }, { title });
}

export function drain(node: string, copyVolumes: boolean): Deed {
  return deed("node.drain", { node, copyVolumes }, { title: `Drain ${node}` });
}

export function removeNode(node: string, how: { readonly move: boolean; readonly copyVolumes: boolean }): Deed {
  return deed(
    "node.remove",
    { node, move: how.move, copyVolumes: how.move && how.copyVolumes },
    { title: `Remove ${node}`, danger: true },
  );
}

export function heartbeatNow(): Deed {
  return deed("daemon.heartbeat", {}, { title: "Heartbeat round" });
}

export function vipMove(vip: string, node: string): Deed {
  return deed("vip.move", { vip, node }, { title: `Move ${vip} to ${node}`, question: `Move ${vip} to ${node}?` });
}

export function vipRelease(vip: string): Deed {
  return deed("vip.release", { vip }, { title: `Release ${vip}`, danger: true });
}

export interface PlanHow {
  readonly noRemove: boolean;
  readonly newest: boolean;
  readonly copyVolumes: boolean;
}

/** Just these steps, or none where one of them is for something else by then. */
export function apply(how: PlanHow, steps: readonly object[]): Deed {
  return deed("plan.apply", { steps, ...how }, { title: "Apply the config" });
}
