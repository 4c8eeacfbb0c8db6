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
import {
  longestLeaseMs,
  noCounts,
  recall,
  shifted,
  type VipMemory,
  type VipWish,
  wish,
} from "../../domain/vip/memory.ts";
import { formerOf, othersOf, type Surveys } from "../../domain/vip/strays.ts";
import type { TickEnd } from "../../domain/vip/wish.ts";
import { runHooks } from "../kit/hooks.ts";
import type { Authority, SavedVip, StateFile, VipPorts } from "../ports.ts";
import { record } from "../kit/record.ts";
import { carryOutOrders } from "./carry-out.ts";
import { askNetwork, newSight, observe, type Watched } from "./observe.ts";
import type { Survey } from "./survey.ts";

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

/** The last tick's answer of the network stands for so long. */
const askedAgoMs = 3000;
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
  let memory: VipMemory | undefined;
  let since: string | null = null;
  let unwished: Pick<VipMemory, "released" | "wish"> = { released: false, wish: null };
  /** Who is known to the next process to have the address without an end, if this one is killed. */
  let endless: readonly string[] = [];
  const hooks = new Set<Promise<void>>();
  const sight = newSight({ waitsForPings: counts === "kept" });
  let asked: { readonly at: number; readonly answer: boolean | null } | undefined;

  // A process's own clock means nothing to the next one. Where the wall's is set meanwhile, preemption and damping come
  // too early or too late, and nothing worse.
  const aheadMs = (): number => ports.clock.now() - ports.clock.monotonic();

  const recallOnce = async (section: VipSection): Promise<VipMemory> => {
    if (memory) return memory;
    const saved = await state.read();
    const leaseMs = Math.max(section.leaseMs, saved?.leaseMs ?? 0);
    const now = ports.clock.monotonic();
    const remembered = saved && shifted(saved.memory, -aheadMs(), now);
    memory = recall({ ...section, leaseMs }, remembered, now, counts);
    since = saved?.since ?? null;
    endless = withoutEnd(memory);
    return memory;
  };

  const keep = async (section: VipSection, next: VipMemory): Promise<void> => {
    if (next.holder !== memory?.holder) since = new Date(ports.clock.now()).toISOString();
    memory = next;
    // A start counts every lease anew in full, so that only who may have one has to be known then: no write a renewal.
    const booked = Object.fromEntries(
      Object.entries(next.booked).map(([node, end]) => [node, end === null ? null : 0]),
    );
    const shown = shifted(next, aheadMs());
    const { misses, silentTicks, wellSince, changes } = counts === "kept" ? shown : noCounts;
    await state.write({
      leaseMs: longestLeaseMs(section, next, ports.clock.monotonic()),
      since,
      // Who failed is written down at any rate: `vip show` tells it.
      memory: {
        ...next,
        lastAt: -1,
        booked,
        misses,
        wellSince,
        silentTicks,
        changes,
        failed: shown.failed,
        withoutSince: {},
      },
    });
    if (state.isSaved?.() !== false) endless = withoutEnd(next);
  };

  /**
   * A lease ends by itself, and a start counts every one anew; what has no end must be known then. Where that cannot be
   * written, nobody gets the address so who may not have it so already.
   */
  const mayOrder = (order: VipOrder): boolean =>
    order.do === "remove" || order.leaseMs !== null || endless.includes(order.node);

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
    const unknown = withoutEnd(await recallOnce(section)).filter((node) => !frozen.includes(node));
    for (const node of unknown) if (namesOf(config).includes(node)) await authority.freeze(section.ip, node);
  };

  const look = async (config: Config, section: VipSection): Promise<VipFacts> => {
    const at = ports.clock.monotonic();
    const timeoutMs = Math.min(2000, tickMs(section) / 2);
    const watched = { config, section: withFormer(config, section, survey.latest()) };
    const candidates = await observe(ports, watched, { timeoutMs, sight });
    if (holdersOf({ candidates }).length > 0) asked = undefined;
    else if (!asked || at - asked.at > askedAgoMs) {
      asked = { answer: await askNetwork(ports, { config, section }, candidates), at: ports.clock.monotonic() };
    }
    const current = authority.current(section);
    const frozen = current.frozen.filter((node) => namesOf(config).includes(node));
    // A renewal waits for nobody else; where the address is not, it must be nobody else's.
    const surveys = holdersOf({ candidates }).length > 0 ? survey.latest() : await survey.known(config, section);
    const others = othersOf(section, surveys);
    return { at, candidates, others, stillAnswered: asked?.answer ?? null, authority: { ...current, frozen } };
  };

  /** Who has lost its row may have the address still: it is looked at until it is seen not to. */
  const withFormer = (config: Config, section: VipSection, surveys: Surveys): VipSection => {
    const former = new Set([...Object.keys(memory?.booked ?? {}), ...formerOf(section, surveys)]);
    for (const { node } of section.candidates) former.delete(node);
    const rows = namesOf(config)
      .filter((node) => former.has(node))
      .map((node) => ({ node, device: "", slave: undefined, pingIntervalMs: tickMs(section) }));
    return { ...section, candidates: [...section.candidates, ...rows] };
  };

  /** A node that can be told nothing, and certainly does not have what the nodes remember it to have. */
  const thawGone = async (section: VipSection, facts: VipFacts): Promise<VipFacts> => {
    const known = await recallOnce(section);
    const isGone = (node: string): boolean => isWithout(section, known, { node, now: facts.at });
    const gone = facts.authority.frozen.filter(isGone);
    for (const node of gone) await authority.thaw(section.ip, node);
    const frozen = facts.authority.frozen.filter((node) => !gone.includes(node));
    return { ...facts, authority: { ...facts.authority, frozen } };
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
      const after = afterOrder(await recallOnce(section), order, outcome, why);
      await keep(section, after.memory);
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
      await recallOnce(section);
      const events: VipEvent[] = [];
      const decide = async (known: VipFacts): Promise<readonly VipOrder[]> => {
        const remembered = withoutGone(await recallOnce(section), namesOf(config));
        const decision = decideVip(section, remembered, known);
        await keep(section, decision.memory);
        await tell(input, decision.events);
        events.push(...decision.events);
        return decision.orders.filter(mayOrder);
      };
      const seen = await thawGone(section, await look(config, section));
      let facts = seen;
      let orders = await decide(facts);
      const removals = orders.filter((order) => order.do === "remove");
      if (removals.length > 0) {
        facts = await doAll(input, removals, facts);
        orders = (await decide(facts)).filter((order) => order.do === "grant");
      }
      await rememberStatic(input, orders, facts);
      facts = await doAll(input, orders, facts);
      // What the network said before somebody got the address says nothing about who takes it then.
      if (holdersOf(facts).length > 0) asked = undefined;
      const now = await recallOnce(section);
      const nextMs = nextTickMs(section, now, { facts, now: ports.clock.monotonic() });
      return { seen, facts, memory: now, events, nextMs };
    },
    async wish(section, what) {
      const known = await recallOnce(section);
      unwished = { released: known.released, wish: null };
      await keep(section, wish(known, what));
    },
    async takeBack(section) {
      await keep(section, { ...(await recallOnce(section)), ...unwished });
    },
    async freeze(input) {
      const { section } = input;
      const facts = await look(input.config, section);
      const { memory: frozen, orders } = freeze(section, await recallOnce(section), facts);
      const [order] = orders;
      if (!order) return undefined;
      if (!(await authority.freeze(section.ip, order.node))) {
        const event = notFrozen(section, order.node);
        await tell(input, [event]);
        return event.error;
      }
      await keep(section, frozen);
      await doAll(input, orders, facts);
      return undefined;
    },
    async settled() {
      await Promise.all(hooks);
    },
  };
}

function withoutEnd({ booked }: VipMemory): readonly string[] {
  return Object.keys(booked).filter((node) => booked[node] === null);
}

function namesOf({ nodes }: Config): readonly string[] {
  return nodes.map(({ name }) => name);
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
