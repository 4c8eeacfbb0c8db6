import type { NodeSpec } from "../domain/config/types.ts";

/** Whether both are reached by the same address and login: one that is reached in another way is another node. */
export function sameWay(one: NodeSpec, other: NodeSpec): boolean {
  return one.address === other.address && JSON.stringify(one.ssh) === JSON.stringify(other.ssh);
}
