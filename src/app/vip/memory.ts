import type { VipSection } from "../../domain/config/types.ts";
import type { VipOrder } from "../../domain/vip/decide.ts";
import {
  longestLeaseMs,
  noCounts,
  recall,
  shifted,
  type VipMemory,
  type VipWish,
  wish,
} from "../../domain/vip/memory.ts";
import type { SavedVip, StateFile, VipPorts } from "../ports.ts";

/** What is remembered of one virtual IP, from tick to tick and over a restart. */
export interface VipMemoryFile {
  /** As it is; what was written before, at first. Rejects as reading it does. */
  recall(section: VipSection): Promise<VipMemory>;
  /** Durable before it resolves. Rejects with state-write-failed. */
  keep(section: VipSection, next: VipMemory): Promise<void>;
  /**
   * A lease ends by itself, and a start counts every one anew; what has no end must be known then. Where that cannot be
   * written, nobody gets the address so who may not have it so already.
   */
  mayOrder(order: VipOrder): boolean;
  /** The nodes that may have the address, as far as that has been recalled. */
  booked(): readonly string[];
  wish(section: VipSection, what: VipWish): Promise<void>;
  /** As if the last wish had never been. */
  takeBack(section: VipSection): Promise<void>;
}

/** `kept`: the counts of the process before are carried on. */
export function openVipMemory(
  { clock }: Pick<VipPorts, "clock">,
  { state, counts }: { readonly state: StateFile<SavedVip>; readonly counts: "anew" | "kept" },
): VipMemoryFile {
  let memory: VipMemory | undefined;
  let since: string | null = null;
  let unwished: Pick<VipMemory, "released" | "wish"> = { released: false, wish: null };
  /** Who is known to the next process to have the address without an end, if this one is killed. */
  let endless: readonly string[] = [];

  // A process's own clock means nothing to the next one. Where the wall's is set meanwhile, preemption and damping come
  // too early or too late, and nothing worse.
  const aheadMs = (): number => clock.now() - clock.monotonic();

  const recallOnce = async (section: VipSection): Promise<VipMemory> => {
    if (memory) return memory;
    const saved = await state.read();
    const leaseMs = Math.max(section.leaseMs, saved?.leaseMs ?? 0);
    const now = clock.monotonic();
    const remembered = saved && shifted(saved.memory, -aheadMs(), now);
    memory = recall({ ...section, leaseMs }, remembered, now, counts);
    since = saved?.since ?? null;
    endless = withoutEnd(memory);
    return memory;
  };

  const keep = async (section: VipSection, next: VipMemory): Promise<void> => {
    if (next.holder !== memory?.holder) since = new Date(clock.now()).toISOString();
    memory = next;
    // A start counts every lease anew in full, so that only who may have one has to be known then: no write a renewal.
    const booked = Object.fromEntries(
      Object.entries(next.booked).map(([node, end]) => [node, end === null ? null : 0]),
    );
    const shown = shifted(next, aheadMs());
    const { misses, silentTicks, wellSince, changes } = counts === "kept" ? shown : noCounts;
    await state.write({
      leaseMs: longestLeaseMs(section, next, clock.monotonic()),
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

  return {
    recall: recallOnce,
    keep,
    mayOrder: (order) => order.do === "remove" || order.leaseMs !== null || endless.includes(order.node),
    booked: () => Object.keys(memory?.booked ?? {}),
    async wish(section, what) {
      const known = await recallOnce(section);
      unwished = { released: known.released, wish: null };
      await keep(section, wish(known, what));
    },
    async takeBack(section) {
      await keep(section, { ...(await recallOnce(section)), ...unwished });
    },
  };
}

/** The nodes that may have the address for ever. */
export function withoutEnd({ booked }: VipMemory): readonly string[] {
  return Object.keys(booked).filter((node) => booked[node] === null);
}
