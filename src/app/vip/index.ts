import type { Config, VipSection } from "../../domain/config/types.ts";
import { afterOrder, decideVip, freeze, tickMs, type VipEvent, type VipOrder } from "../../domain/vip/decide.ts";
import { type VipFacts, withRemoved } from "../../domain/vip/facts.ts";
import { recall, type VipMemory, wish } from "../../domain/vip/memory.ts";
import { runHooks } from "../hooks.ts";
import type { Authority, SavedVip, StateFile, VipPorts, VipWish } from "../ports.ts";
import { record } from "../record.ts";
import { carryOut } from "./carry-out.ts";
import { askNetwork, newSight, observe } from "./observe.ts";

/** One virtual IP, kept where it belongs. */
export interface Vip {
  /**
   * Observe, decide, do; what is to be remembered is durable before anything is sent. Resolves to the milliseconds
   * until the next tick. Rejects with interrupted and state-write-failed.
   */
  tick(input: { readonly config: Config; readonly section: VipSection }): Promise<{
    readonly facts: VipFacts;
    readonly memory: VipMemory;
    readonly nextMs: number;
  }>;
  /** Where somebody wants it by hand; the next tick heeds it. */
  wish(what: VipWish): Promise<void>;
  /** After the last tick has ended, before a graceful stop: a lease is made to last. */
  freeze(input: { readonly config: Config; readonly section: VipSection }): Promise<void>;
}

/** The last tick's answer of the network stands for so long. */
const askedAgoMs = 3000;
/** While nobody has the address, there is a tick so often. */
const urgentMs = 1000;
/** A lease's end is followed so closely that no tick begins before it that would end after it. */
const soonMs = 1500;
/** As `lease.ts` waits. */
const marginMs = 5000;

export function openVip(
  ports: VipPorts,
  { state, authority }: { readonly state: StateFile<SavedVip>; readonly authority: Authority },
): Vip {
  let memory: VipMemory | undefined;
  const sight = newSight();
  let asked: { readonly at: number; readonly answer: boolean | null } | undefined;

  const recallOnce = async (section: VipSection): Promise<VipMemory> => {
    if (memory) return memory;
    const saved = await state.read();
    const leaseMs = Math.max(section.leaseMs, saved?.leaseMs ?? 0);
    memory = recall({ ...section, leaseMs }, saved?.memory, ports.clock.monotonic());
    return memory;
  };

  const keep = async (section: VipSection, next: VipMemory): Promise<void> => {
    memory = next;
    // A start counts every lease anew in full, so that only who may have one has to be known then: no write a renewal.
    const booked = Object.fromEntries(
      Object.entries(next.booked).map(([node, end]) => [node, end === null ? null : 0]),
    );
    const { holder, released } = next;
    await state.write({
      leaseMs: section.leaseMs,
      memory: { ...next, lastAt: -1, holder, released, booked, misses: {}, wellSince: {}, silentTicks: 0, changes: [] },
    });
  };

  const look = async (config: Config, section: VipSection): Promise<VipFacts> => {
    const at = ports.clock.monotonic();
    const timeoutMs = Math.min(2000, tickMs(section) / 2);
    const candidates = await observe(ports, { config, section }, { timeoutMs, sight });
    const held = Object.values(candidates).some((each) => each.state === "answers" && each.holds !== null);
    if (held) asked = undefined;
    else if (!asked || at - asked.at > askedAgoMs) {
      asked = { answer: await askNetwork(ports, { config, section }, candidates), at: ports.clock.monotonic() };
    }
    return { at, candidates, stillAnswered: asked?.answer ?? null, authority: authority.current(section.mode) };
  };

  const doAll = async (
    config: Config,
    section: VipSection,
    orders: readonly VipOrder[],
  ): Promise<readonly string[]> => {
    const fenced = orders.some((order) => order.do === "remove" && order.fence);
    if (fenced && !(await authority.raise(section.mode))) return [];
    const outcomes = await Promise.all(orders.map((order) => carryOut(ports, { config, section }, order)));
    const gone: string[] = [];
    for (const [index, order] of orders.entries()) {
      const outcome = outcomes[index] ?? "unknown";
      if (order.do === "remove" && outcome === "done") gone.push(order.node);
      const after = afterOrder(await recallOnce(section), order, outcome);
      await keep(section, after.memory);
      await tell(config, after.events);
    }
    return gone;
  };

  const tell = async (config: Config, events: readonly VipEvent[]): Promise<void> => {
    for (const event of events) {
      const told = await record(ports, event);
      if (event.type === "vip.moved" || event.type === "vip.released") {
        void runHooks(ports, { config, hook: "onVipChange", event: told });
      }
    }
  };

  return {
    async tick({ config, section }) {
      const known = await recallOnce(section);
      const facts = await look(config, section);
      const first = decideVip(section, known, facts);
      await keep(section, first.memory);
      await tell(config, first.events);
      const removals = first.orders.filter((order) => order.do === "remove");
      if (removals.length > 0) {
        const gone = await doAll(config, section, removals);
        const left = gone.reduce(withRemoved, facts);
        const second = decideVip(section, await recallOnce(section), left);
        await keep(section, second.memory);
        await tell(config, second.events);
        await doAll(
          config,
          section,
          second.orders.filter((order) => order.do === "grant"),
        );
      } else await doAll(config, section, first.orders);
      const now = await recallOnce(section);
      return { facts, memory: now, nextMs: nextTickMs(section, now, { facts, now: ports.clock.monotonic() }) };
    },
    async wish(what) {
      const saved = memory ?? (await state.read())?.memory;
      if (saved) memory = wish(saved, what);
    },
    async freeze({ config, section }) {
      const decision = freeze(section, await recallOnce(section), await look(config, section));
      await keep(section, decision.memory);
      await doAll(config, section, decision.orders);
    },
  };
}

/** Often while nobody has the address, and just after the moment at which a lease has ended for certain. */
function nextTickMs(
  section: VipSection,
  memory: VipMemory,
  { facts, now }: { readonly facts: VipFacts; readonly now: number },
): number {
  const held = Object.values(facts.candidates).some((each) => each.state === "answers" && each.holds !== null);
  const startedAgo = now - facts.at;
  if (held || section.mode === "static" || memory.released) return Math.max(0, tickMs(section) - startedAgo);
  const due = Object.values(memory.booked)
    .flatMap((end) => (end === null ? [] : [end + marginMs + 1 - now]))
    .filter((ms) => ms > 0 && ms < soonMs);
  return due.length > 0 ? Math.max(...due) : Math.max(0, urgentMs - startedAgo);
}
