import type { Config, VipSection } from "../../domain/config/types.ts";
import {
  afterOrder,
  decideVip,
  freeze,
  notFrozen,
  tickMs,
  type VipEvent,
  type VipOrder,
} from "../../domain/vip/decide.ts";
import { holdersOf, type VipFacts, withGranted, withRemoved } from "../../domain/vip/facts.ts";
import { isWithout, marginMs, withoutGone } from "../../domain/vip/lease.ts";
import type { VipMemory, VipWish } from "../../domain/vip/memory.ts";
import type { TickEnd } from "../../domain/vip/wish.ts";
import { runHooks } from "../kit/hooks.ts";
import type { Authority, SavedVip, StateFile, VipPorts } from "../ports.ts";
import { record } from "../kit/record.ts";
import { carryOutOrders } from "./carry-out.ts";
import { openVipMemory, withoutEnd } from "./memory.ts";
import type { Watched } from "./observe/observe.ts";
import type { Survey } from "./observe/survey.ts";
import { namesOf, openTickFacts } from "./observe/tick-facts.ts";

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
   * After the last tick has ended, before a graceful stop: a lease is made to last. Resolves to why it is not, when the
   * nodes cannot be had to remember it.
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
  const hooks = new Set<Promise<void>>();

  /**
   * A static address may be on its node without an end, and so on one that had it and is silent: the leader has the nodes
   * remember both, for whoever leads when the config makes it a lease. It is given also where they cannot.
   */
  const rememberStatic = async (
    { config, section }: Watched,
    orders: readonly VipOrder[],
    { authority: { frozen } }: VipFacts,
  ): Promise<void> => {
    if (section.mode !== "static" || !orders.some((order) => order.do === "grant")) return;
    const unknown = withoutEnd(await memory.recall(section)).filter((node) => !frozen.includes(node));
    for (const node of unknown) if (namesOf(config).includes(node)) await authority.freeze(section.ip, node);
  };

  /** A node that can be told nothing, and certainly does not have what the nodes remember it to have. */
  const thawGone = async (section: VipSection, seen: VipFacts): Promise<VipFacts> => {
    const known = await memory.recall(section);
    const isGone = (node: string): boolean => isWithout(section, known, { node, now: seen.at });
    const gone = seen.authority.frozen.filter(isGone);
    for (const node of gone) await authority.thaw(section.ip, node);
    const frozen = seen.authority.frozen.filter((node) => !gone.includes(node));
    return { ...seen, authority: { ...seen.authority, frozen } };
  };

  /** Carries out orders at once; resolves to the facts with what was confirmed. */
  const doAll = async (
    { config, section }: { readonly config: Config; readonly section: VipSection },
    orders: readonly VipOrder[],
    facts: VipFacts,
  ): Promise<VipFacts> => {
    const fenced = orders.some((order) => order.fence);
    if (fenced && !(await authority.raise(section.mode))) return facts;
    const outcomes = await Promise.all(orders.map((order) => carryOutOrders(ports, { config, section }, order)));
    let confirmed = facts;
    for (const [index, order] of orders.entries()) {
      const { outcome, why } = outcomes[index] ?? { outcome: "unknown" };
      if (outcome === "done") {
        confirmed =
          order.do === "remove"
            ? withRemoved(confirmed, order.node)
            : withGranted(confirmed, order.node, order.leaseMs);
        const isFrozen = facts.authority.frozen.includes(order.node);
        if (isFrozen && !confirmed.authority.frozen.includes(order.node)) {
          await authority.thaw(section.ip, order.node);
        }
      } else if (outcome === "refused" && order.do === "grant" && order.bookedBefore === undefined) {
        await authority.thaw(section.ip, order.node);
      }
      const after = afterOrder(await memory.recall(section), order, outcome, why);
      await memory.keep(section, after.memory);
      await tell({ config, section }, after.events);
    }
    return confirmed;
  };

  const tell = async ({ config, section }: Watched, events: readonly VipEvent[]): Promise<void> => {
    for (const event of events) {
      const told = await record(ports, { ...event, vip: section.ip });
      if (event.type === "vip.moved" || event.type === "vip.released") {
        const hook = runHooks(ports, { config, hook: "onVipChange", event: told }).finally(() => hooks.delete(hook));
        hooks.add(hook);
      }
    }
  };

  return {
    async tick(input) {
      const { config, section } = input;
      await memory.recall(section);
      const events: VipEvent[] = [];
      const decide = async (known: VipFacts): Promise<readonly VipOrder[]> => {
        const remembered = withoutGone(await memory.recall(section), namesOf(config));
        const decision = decideVip(section, remembered, known);
        await memory.keep(section, decision.memory);
        await tell(input, decision.events);
        events.push(...decision.events);
        return decision.orders.filter((order) => memory.mayOrder(order));
      };
      const seen = await thawGone(section, await tickFacts.look(input));
      let facts = seen;
      let orders = await decide(facts);
      const removals = orders.filter((order) => order.do === "remove");
      if (removals.length > 0) {
        facts = await doAll(input, removals, facts);
        orders = (await decide(facts)).filter((order) => order.do === "grant");
      }
      await rememberStatic(input, orders, facts);
      facts = await doAll(input, orders, facts);
      tickFacts.heldBy(facts);
      const now = await memory.recall(section);
      const nextMs = nextTickMs(section, now, { facts, now: ports.clock.monotonic() });
      return { seen, facts, memory: now, events, nextMs };
    },
    wish: (section, what) => memory.wish(section, what),
    takeBack: (section) => memory.takeBack(section),
    async freeze(input) {
      const { section } = input;
      const facts = await tickFacts.look(input);
      const { memory: frozen, orders } = freeze(section, await memory.recall(section), facts);
      const [order] = orders;
      if (!order) return undefined;
      if (!(await authority.freeze(section.ip, order.node))) {
        const event = notFrozen(section, order.node);
        await tell(input, [event]);
        return event.error;
      }
      await memory.keep(section, frozen);
      await doAll(input, orders, facts);
      return undefined;
    },
    async settled() {
      await Promise.all(hooks);
    },
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
