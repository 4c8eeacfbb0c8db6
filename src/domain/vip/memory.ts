import type { VipSettings } from "./facts.ts";

/** What is carried from tick to tick, and over a restart as JSON. Times are of a clock that never goes back. */
export interface VipMemory {
  /** The tick that was last decided on. */
  readonly lastAt: number;
  /** Who should have the address; null when nobody was named yet. */
  readonly holder: string | null;
  /**
   * Nodes that may have the address, and until when; null: without end. Entered before a grant is sent, whether an
   * answer comes or not.
   */
  readonly booked: Readonly<Record<string, number | null>>;
  /** Consecutive ticks in which a node could not ping its target though another one could. */
  readonly misses: Readonly<Record<string, number>>;
  /** Since when a node has been well without a break. */
  readonly wellSince: Readonly<Record<string, number>>;
  /** Consecutive ticks in which the holder did not answer. */
  readonly silentTicks: number;
  /** Nodes that did not do what they were ordered, until one does: how often in a row, when last, and why. */
  readonly failed: Readonly<Record<string, FailedOrders>>;
  /** Since when a node that answers has been seen without the address, and was sent none. */
  readonly withoutSince: Readonly<Record<string, number>>;
  /** When the holder changed, the newest last. */
  readonly changes: readonly number[];
  /** Taken from everybody by hand, until somebody moves it. */
  readonly released: boolean;
  /** Where somebody wants it by hand; null when that is done. */
  readonly wish: string | null;
  /** What was last told, so that a lasting state is one event. */
  readonly told: string;
}

export interface FailedOrders {
  readonly count: number;
  readonly at: number;
  /** The node's own reason, as words in a sentence. */
  readonly why: string;
}

/** A controller that remembers nothing: any candidate may have been given the address by an earlier one just now. */
export function newMemory({ mode, leaseMs, candidates }: VipSettings, now: number): VipMemory {
  return {
    lastAt: -1,
    holder: null,
    booked: Object.fromEntries(candidates.map(({ node }) => [node, mode === "lease" ? now + leaseMs : null])),
    misses: {},
    wellSince: {},
    silentTicks: 0,
    failed: {},
    withoutSince: {},
    changes: [],
    released: false,
    wish: null,
    told: "",
  };
}

/**
 * The memory after a start. What was booked ends a whole lease from now at the latest, whatever the clocks did
 * meanwhile, and so does what another controller has given in leases; what has no end still has none. Counts begin anew,
 * or are those of the process before this one, `shifted` to the clock of this one.
 */
export function recall(
  settings: VipSettings,
  saved: SavedVipMemory | undefined,
  now: number,
  counts: "anew" | "kept" = "anew",
): VipMemory {
  if (!saved) return newMemory(settings, now);
  const known = Object.fromEntries(
    Object.entries(saved.booked).map(([node, end]) => [node, end === null ? null : now + settings.leaseMs]),
  );
  const booked = settings.mode === "lease" ? { ...newMemory(settings, now).booked, ...known } : known;
  const { misses, silentTicks, wellSince, changes, failed = {} } = counts === "kept" ? saved : noCounts;
  return {
    ...saved,
    booked,
    lastAt: -1,
    misses,
    wellSince,
    silentTicks,
    changes,
    failed,
    withoutSince: {},
    told: "",
  };
}

/** The longest of what leases still run, or of what is given from now on: for so long a start has to wait. */
export function longestLeaseMs({ leaseMs }: VipSettings, { booked }: VipMemory, now: number): number {
  return Math.max(leaseMs, ...Object.values(booked).map((end) => (end === null ? 0 : end - now)));
}

/** What is counted of nodes and changes, as at a start that knows nothing. */
export const noCounts = { misses: {}, silentTicks: 0, wellSince: {}, changes: [], failed: {} };

/** As earlier versions have saved it too. */
export type SavedVipMemory = Omit<VipMemory, "failed" | "withoutSince"> &
  Partial<Pick<VipMemory, "failed" | "withoutSince">>;

/** The memory with its counts' times on another clock, by `byMs` ahead of this one; none is later than `latest` there. */
export function shifted<T extends SavedVipMemory>(memory: T, byMs: number, latest = Infinity): T {
  const shift = (at: number): number => Math.min(at + byMs, latest);
  const wellSince = Object.fromEntries(Object.entries(memory.wellSince).map(([node, at]) => [node, shift(at)]));
  const failed = Object.fromEntries(
    Object.entries(memory.failed ?? {}).map(([node, orders]) => [node, { ...orders, at: shift(orders.at) }]),
  );
  return { ...memory, wellSince, failed, changes: memory.changes.map(shift) };
}

/**
 * The memory of a controller that does not lead: another one may have given the address to any candidate just now, so
 * every lease counts anew in full, and one that was longer, before the config was changed, as long as it does. `holder`:
 * who is seen to have it.
 */
export function lookOn(
  settings: VipSettings,
  memory: VipMemory,
  { holder, now }: { readonly holder: string | null; readonly now: number },
): VipMemory {
  const anew = Object.entries(newMemory(settings, now).booked);
  const booked = Object.fromEntries(
    anew.map(([node, end]) => {
      const known = memory.booked[node];
      return [node, known === null || end === null ? null : Math.max(known ?? -Infinity, end)];
    }),
  );
  return {
    ...memory,
    holder,
    booked: { ...memory.booked, ...booked },
    misses: {},
    wellSince: {},
    silentTicks: 0,
    failed: {},
    withoutSince: {},
  };
}

/** Where somebody wants the address by hand: on a node, or nowhere. */
export type VipWish = { readonly to: string } | "release";

export function wish(memory: VipMemory, what: VipWish): VipMemory {
  return what === "release" ? { ...memory, released: true, wish: null } : { ...memory, released: false, wish: what.to };
}
