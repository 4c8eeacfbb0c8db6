import { afterOrder, type VipOrder } from "../../domain/vip/decide.ts";
import { type VipFacts, withGranted, withRemoved } from "../../domain/vip/facts.ts";
import { isWithout } from "../../domain/vip/lease.ts";
import type { Authority, VipPorts } from "../ports.ts";
import { type CarriedOut, carryOutOrders } from "./carry-out.ts";
import { type VipMemoryFile, withoutEnd } from "./memory.ts";
import { namesOf } from "./observe/tick-facts.ts";
import type { Watched } from "./observe/observe.ts";
import type { VipTelling } from "./telling.ts";

/** The orders of ticks, with what all nodes remember of who has the address without an end. */
export interface VipOrders {
  /** Carries out all at once; resolves to the facts with what was confirmed. */
  carryOut(watched: Watched, orders: readonly VipOrder[], facts: VipFacts): Promise<VipFacts>;
  /** Has the nodes forget those that can be told nothing, and certainly do not have the address; resolves to the facts without them. */
  thawGone(watched: Watched, seen: VipFacts): Promise<VipFacts>;
  /**
   * A static address may be on its node without an end, and so on one that had it and is silent: the leader has the nodes
   * remember both, for whoever leads when the config makes it a lease. It is given also where they cannot.
   */
  rememberStatic(watched: Watched, orders: readonly VipOrder[], facts: VipFacts): Promise<void>;
}

export function openVipOrders(
  ports: VipPorts,
  {
    authority,
    memory,
    telling,
  }: { readonly authority: Authority; readonly memory: VipMemoryFile; readonly telling: Pick<VipTelling, "tell"> },
): VipOrders {
  /** What is remembered and told after an order. */
  const conclude = async (watched: Watched, order: VipOrder, { outcome, why }: CarriedOut): Promise<void> => {
    const after = afterOrder(await memory.recall(watched.section), order, outcome, why);
    await memory.keep(watched.section, after.memory);
    await telling.tell(watched, after.events);
  };

  return {
    async carryOut(watched, orders, facts) {
      const { ip, mode } = watched.section;
      const fenced = orders.some((order) => order.fence);
      if (fenced && !(await authority.raise(mode))) return facts;
      const outcomes = await Promise.all(orders.map((order) => carryOutOrders(ports, watched, order)));
      let confirmed = facts;
      for (const [index, order] of orders.entries()) {
        const carriedOut: CarriedOut = outcomes[index] ?? { outcome: "unknown" };
        if (carriedOut.outcome === "done") confirmed = withDone(confirmed, order);
        if (hasNoEndless(order, carriedOut, facts)) await authority.thaw(ip, order.node);
        await conclude(watched, order, carriedOut);
      }
      return confirmed;
    },
    async thawGone({ section }, seen) {
      const known = await memory.recall(section);
      const gone = seen.authority.frozen.filter((node) => isWithout(section, known, { node, now: seen.at }));
      for (const node of gone) await authority.thaw(section.ip, node);
      const frozen = seen.authority.frozen.filter((node) => !gone.includes(node));
      return { ...seen, authority: { ...seen.authority, frozen } };
    },
    async rememberStatic({ config, section }, orders, { authority: { frozen } }) {
      if (section.mode !== "static" || !orders.some((order) => order.do === "grant")) return;
      const unknown = withoutEnd(await memory.recall(section)).filter((node) => !frozen.includes(node));
      for (const node of unknown) if (namesOf(config).includes(node)) await authority.freeze(section.ip, node);
    },
  };
}

function withDone(facts: VipFacts, order: VipOrder): VipFacts {
  return order.do === "remove" ? withRemoved(facts, order.node) : withGranted(facts, order.node, order.leaseMs);
}

/** Whether the nodes are to forget, after an order, that its node has the address without an end. */
function hasNoEndless(order: VipOrder, { outcome }: CarriedOut, { authority: { frozen } }: VipFacts): boolean {
  if (outcome === "refused") return order.do === "grant" && order.bookedBefore === undefined;
  return outcome === "done" && (order.do === "remove" || order.leaseMs !== null) && frozen.includes(order.node);
}
