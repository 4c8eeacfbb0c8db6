import type { Config, VipSection } from "../../domain/config/types.ts";
import { decideVip, tickMs, type VipEvent, type VipOrder } from "../../domain/vip/decide.ts";
import { holdersOf, type VipFacts } from "../../domain/vip/facts.ts";
import { freeze, leaseRunsOut } from "../../domain/vip/freeze.ts";
import { marginMs, withoutGone } from "../../domain/vip/lease.ts";
import type { VipMemory, VipWish } from "../../domain/vip/memory.ts";
import type { TickEnd } from "../../domain/vip/wish.ts";
import type { Authority, SavedVip, StateFile, VipPorts } from "../ports.ts";
import { openVipMemory } from "./memory.ts";
import type { Survey } from "./observe/survey.ts";
import { namesOf, openTickFacts } from "./observe/tick-facts.ts";
import { openVipOrders } from "./orders.ts";
import { openVipTelling } from "./telling.ts";

/** One virtual IP, kept where it belongs. */
export interface Vip {
  /**
   * Observe, decide, do; what is to be remembered is durable before anything is sent. Resolves to the milliseconds
   * until the next tick. Rejects with interrupted and state-write-failed.
   */
  tick(input: {
    readonly config: Config;
    readonly section: VipSection;
  }): Promise<TickEnd & { readonly nextMs: number }>;
  /** Where somebody wants it by hand; the next tick heeds it. Rejects with state-write-failed. */
  wish(section: VipSection, what: VipWish): Promise<void>;
  /** As if the last wish had never been; for one that has not come true. Rejects with state-write-failed. */
  takeBack(section: VipSection): Promise<void>;
  /**
   * After the last tick has ended, before a graceful stop: a lease is made to last. Resolves to why it is not, where
   * somebody has the address and no other controller keeps it.
   */
  freeze(input: { readonly config: Config; readonly section: VipSection }): Promise<string | undefined>;
  /** The hooks that were begun have ended. Never rejects. */
  settled(): Promise<void>;
}

/** While nobody has the address, there is a tick so often. */
const urgentMs = 1000;
/** A lease's end is followed so closely that no tick begins before it that would end after it. */
const soonMs = 1500;

export function openVip(
  ports: VipPorts,
  {
    state,
    authority,
    survey,
    counts = "anew",
  }: {
    readonly state: StateFile<SavedVip>;
    readonly authority: Authority;
    /** What all nodes tell of addresses; may be that of other virtual IPs too. */
    readonly survey: Survey;
    /** `kept`: one tick a process, which carries on the counts of the one before. */
    readonly counts?: "anew" | "kept";
  },
): Vip {
  const memory = openVipMemory(ports, { state, counts });
  const tickFacts = openTickFacts(ports, {
    authority,
    survey,
    booked: () => memory.booked(),
    waitsForPings: counts === "kept",
  });
  const telling = openVipTelling(ports);
  const vipOrders = openVipOrders(ports, { authority, memory, telling });

  return {
    async tick(input) {
      const { config, section } = input;
      await memory.recall(section);
      const events: VipEvent[] = [];
      const decide = async (known: VipFacts): Promise<readonly VipOrder[]> => {
        const remembered = withoutGone(await memory.recall(section), namesOf(config));
        const decision = decideVip(section, remembered, known);
        await memory.keep(section, decision.memory);
        await telling.tell(input, decision.events);
        events.push(...decision.events);
        return decision.orders.filter((order) => memory.mayOrder(order));
      };
      const seen = await vipOrders.thawGone(input, await tickFacts.look(input));
      let facts = seen;
      let orders = await decide(facts);
      const removals = orders.filter((order) => order.do === "remove");
      if (removals.length > 0) {
        facts = await vipOrders.carryOut(input, removals, facts);
        orders = (await decide(facts)).filter((order) => order.do === "grant");
      }
      await vipOrders.rememberStatic(input, orders, facts);
      facts = await vipOrders.carryOut(input, orders, facts);
      tickFacts.heldBy(facts);
      const now = await memory.recall(section);
      const nextMs = nextTickMs(section, now, { facts, now: ports.clock.monotonic() });
      return { seen, facts, memory: now, events, nextMs };
    },
    wish: (section, what) => memory.wish(section, what),
    takeBack: (section) => memory.takeBack(section),
    async freeze(input) {
      const { section } = input;
      const look = async () => {
        const facts = await tickFacts.look(input);
        return { facts, ...freeze(section, await memory.recall(section), facts) };
      };
      const seen = await look();
      // There is no next tick for a holder that was only slow: it is asked once more.
      const { facts, memory: frozen, orders, events } = seen.events.length === 0 ? seen : await look();
      const runsOut = async (event: VipEvent): Promise<string | undefined> => {
        await telling.tell(input, [event]);
        return event.error;
      };
      if (events[0]) return runsOut(events[0]);
      const [order] = orders;
      if (!order) return undefined;
      const { node } = order;
      if (!(await authority.freeze(section.ip, node))) {
        const why = `too few nodes answer to remember that ${node} keeps the address while no daemon runs`;
        return runsOut(leaseRunsOut(section, node, why));
      }
      await memory.keep(section, frozen);
      await vipOrders.carryOut(input, orders, facts);
      const failed = (await memory.recall(section)).failed[node];
      if (!failed) return undefined;
      return runsOut(leaseRunsOut(section, node, `${node} was asked to keep the address (${failed.why})`, "may end"));
    },
    settled: () => telling.settled(),
  };
}

/** Often while nobody has the address, and just after the moment at which a lease has ended for certain. */
function nextTickMs(
  section: VipSection,
  memory: VipMemory,
  { facts, now }: { readonly facts: VipFacts; readonly now: number },
): number {
  const startedAgo = now - facts.at;
  const { holder, released } = memory;
  // A node that does not answer is given whole ticks; one that does and is to have the address gets it soon.
  const isOwed = section.mode === "lease" || (holder !== null && facts.candidates[holder]?.state === "answers");
  if (holdersOf(facts).length > 0 || released || !isOwed) return Math.max(0, tickMs(section) - startedAgo);
  const due = Object.values(memory.booked)
    .flatMap((end) => (end === null ? [] : [end + marginMs(section.leaseMs) + 1 - now]))
    .filter((ms) => ms > 0 && ms < soonMs);
  return due.length > 0 ? Math.max(...due) : Math.max(0, urgentMs - startedAgo);
}
