import type { NodeFacts } from "../facts.ts";
import type { Memory } from "../memory.ts";
import { safety } from "../../safety.ts";

/** Clean rounds until a controller that was cut off trusts its eyes again. */
const cleanRoundsNeeded = 2;

/**
 * Whether it is this controller that is cut off, and not the nodes that are dead. It is when no node can be asked about
 * a silent one, and when more than half of all nodes fell silent within one round: that many do not die at once, and a
 * lost uplink looks just like it (Kubernetes' node lifecycle controller stops evictions at 55 %).
 */
export function isolation(
  memory: Pick<Memory, "nodes" | "isolated">,
  nodes: Readonly<Record<string, NodeFacts>>,
  now: number,
): Memory["isolated"] {
  if (!safety.freeze) return null;
  const all = Object.entries(nodes);
  const silent = all.filter(([, facts]) => facts.state === "silent");
  const wasSilent = (name: string): boolean => memory.nodes[name]?.state === "silent";
  const fell = silent.filter(([name]) => !wasSilent(name)).length;
  const nobodyToAsk = silent.some(
    ([, facts]) => facts.state === "silent" && facts.missedBy.length + facts.seenBy.length === 0,
  );
  if (nobodyToAsk || fell > all.length / 2) return { since: memory.isolated?.since ?? now, cleanRounds: 0 };
  if (memory.isolated === null) return null;
  if (silent.length > all.length / 2) return { ...memory.isolated, cleanRounds: 0 };
  const cleanRounds = memory.isolated.cleanRounds + 1;
  return cleanRounds > cleanRoundsNeeded ? null : { ...memory.isolated, cleanRounds };
}
