import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterOrder, decideVip, tickMs } from "../../../src/domain/vip/decide.ts";
import {
  type AnsweringCandidate,
  type CandidateFacts,
  type VipFacts,
  type VipSettings,
  withGranted,
  withRemoved,
} from "../../../src/domain/vip/facts.ts";
import { freeze } from "../../../src/domain/vip/freeze.ts";
import { withoutGone } from "../../../src/domain/vip/lease.ts";
import { longestLeaseMs, newMemory, recall, shifted, type VipMemory, wish } from "../../../src/domain/vip/memory.ts";

const settings = (parts: Partial<VipSettings> = {}): VipSettings => ({
  ip: "10.0.0.9",
  mode: "static",
  leaseMs: 15_000,
  preempt: false,
  candidates: ["n1", "n2", "n3"].map((node) => ({ node, slave: undefined, pingIntervalMs: 5000 })),
  ...parts,
});

const lease = settings({ mode: "lease" });

const idle: AnsweringCandidate = {
  state: "answers",
  device: true,
  carrier: true,
  holds: null,
  foreign: [],
  networks: ["10.0.0.11/24"],
  reaches: {},
};
const holding: AnsweringCandidate = { ...idle, holds: { secondsLeft: null } };
const silent: CandidateFacts = { state: "silent" };

const facts = (
  candidates: Readonly<Record<string, CandidateFacts>>,
  parts: Partial<Omit<VipFacts, "candidates">> = {},
): VipFacts => ({
  at: 100_000,
  candidates: { n1: idle, n2: idle, n3: idle, ...candidates },
  others: {},
  stillAnswered: null,
  authority: { leader: true, standby: false, until: Infinity, frozen: [] },
  ...parts,
});

const held = (by: string, parts: Partial<VipMemory> = {}): VipMemory => ({
  ...newMemory(settings(), 0),
  holder: by,
  booked: { [by]: null },
  ...parts,
});

/** Another one leads. */
const onlooker = { authority: { leader: false, standby: true, until: 0, frozen: [] } };

const ordered = (memory: VipMemory, seen: VipFacts, of = settings()): string[] =>
  decideVip(of, memory, seen).orders.map((order) => `${order.do} ${order.node}`);

describe("who gets the address", () => {
  it("is the first candidate when nobody has it, once all others were seen without it", () => {
    const memory = newMemory(settings(), 0);
    const seen = facts({}, { stillAnswered: false });
    expect(ordered(memory, seen)).toEqual(["remove n2", "remove n3"]);
    const cleared = ["n2", "n3"].reduce(
      (known, node) => afterOrder(known, { do: "remove", node, fence: true, seen: false }, "done").memory,
      decideVip(settings(), memory, seen).memory,
    );
    expect(ordered(cleared, seen)).toEqual(["grant n1"]);
  });

  it("is who has it when the controller starts", () => {
    expect(ordered(newMemory(settings(), 0), facts({ n2: holding }))).toEqual(["grant n2"]);
  });

  it("stays, though an earlier row is well again, unless preemption is asked for", () => {
    const memory = held("n2", { wellSince: { n1: 0 } });
    const seen = facts({ n2: holding }, { at: 900_000 });
    expect(ordered(memory, seen)).toEqual(["grant n2"]);
    expect(ordered(memory, seen, settings({ preempt: true }))).toEqual(["remove n2"]);
    const young = held("n2", { wellSince: { n1: 890_000 } });
    expect(ordered(young, seen, settings({ preempt: true }))).toEqual(["grant n2"]);
    const restless = held("n2", { wellSince: { n1: 0 }, changes: [880_000] });
    expect(ordered(restless, seen, settings({ preempt: true }))).toEqual(["grant n2"]);
  });

  it("loses it on contact when somebody else should have it", () => {
    expect(ordered(held("n1"), facts({ n1: holding, n3: holding }))).toEqual(["remove n3"]);
  });

  it("moves by hand in one tick: seen to be gone, then granted", () => {
    const memory = wish(held("n1"), { to: "n3" });
    const seen = facts({ n1: holding });
    const first = decideVip(settings(), memory, seen);
    expect(first.orders).toEqual([{ do: "remove", node: "n1", fence: true, seen: true }]);
    const { memory: after } = afterOrder(first.memory, first.orders[0] as never, "done");
    const second = decideVip(settings(), after, withRemoved(seen, "n1"));
    expect(second.orders).toMatchObject([{ do: "grant", node: "n3", leaseMs: null, announce: "thrice" }]);
    expect(second.memory).toMatchObject({ holder: "n3", wish: null });
  });

  it("does not move by hand to a node that is not fit", () => {
    const { orders, events, memory } = decideVip(
      settings(),
      wish(held("n1"), { to: "n3" }),
      facts({ n1: holding, n3: silent }),
    );
    expect(orders).toEqual([]);
    expect(events).toMatchObject([{ type: "vip.move-refused", node: "n3" }]);
    expect(memory.wish).toBeNull();
  });

  it("is nobody after it was released by hand", () => {
    expect(ordered(wish(held("n1"), "release"), facts({ n1: holding }))).toEqual(["remove n1"]);
    expect(ordered(wish(held("n1"), "release"), facts({}))).toEqual([]);
  });

  it("is decided by nobody who does not lead", () => {
    expect(ordered(held("n1"), facts({ n1: silent, n2: holding }, onlooker))).toEqual([]);
  });

  it("waits, for who did not lead a moment ago, until a lease that another one gave then has ended", () => {
    const long = held("n1", { booked: { n1: 10_000 } });
    const after = decideVip(lease, long, facts({ n1: silent }, onlooker)).memory;
    expect(ordered(after, facts({ n1: silent }, { at: 101_000 }), lease)).toEqual([]);
    expect(ordered(after, facts({ n1: silent }, { at: 120_000 }), lease)).toEqual([]);
    expect(ordered(after, facts({ n1: silent }, { at: 120_001 }), lease)).toEqual(["grant n2"]);
    // A short lease ends less late.
    const short = { ...lease, leaseMs: 6000 };
    expect(ordered(after, facts({ n1: silent }, { at: 119_000 }), short)).toEqual([]);
    expect(ordered(after, facts({ n1: silent }, { at: 119_001 }), short)).toEqual(["grant n2"]);
    const frozen = decideVip(lease, held("n1"), facts({ n1: silent }, onlooker)).memory;
    expect(ordered(frozen, facts({ n1: silent }, { at: 900_000 }), lease)).toEqual([]);
  });

  it("waits, for who does not lead, as long as a lease that was given before the config made leases shorter", () => {
    const before = held("n1", { booked: { n1: 140_000 } });
    expect(longestLeaseMs(lease, before, 100_000)).toBe(40_000);
    const after = decideVip(lease, before, facts({ n1: silent }, onlooker)).memory;
    expect(longestLeaseMs(lease, after, 130_000)).toBe(15_000);
    expect(ordered(after, facts({ n1: silent }, { at: 145_000 }), lease)).toEqual([]);
    expect(ordered(after, facts({ n1: silent }, { at: 145_001 }), lease)).toEqual(["grant n2"]);
  });

  it("stays where another one who led has put it", () => {
    const after = decideVip(lease, held("n1"), facts({ n2: holding }, onlooker)).memory;
    expect(ordered(after, facts({ n2: holding }, { at: 101_000 }), lease)).toEqual(["grant n2"]);
  });
});

describe("health", () => {
  const pinging = settings({
    candidates: [
      { node: "n1", slave: "gateway", pingIntervalMs: 5000 },
      { node: "n2", slave: "gateway", pingIntervalMs: 5000 },
    ],
  });
  const reach = (n1: boolean, n2: boolean, at: number): VipFacts => ({
    ...facts({}, { at }),
    candidates: {
      n1: { ...holding, reaches: { gateway: n1 } },
      n2: { ...idle, reaches: { gateway: n2 } },
    },
  });
  const ticks = (n1: boolean, n2: boolean, count: number): string[] => {
    let memory = held("n1");
    let orders: string[] = [];
    for (let tick = 1; tick <= count; tick++) {
      const decision = decideVip(pinging, memory, reach(n1, n2, tick * 5000));
      memory = decision.memory;
      orders = decision.orders.map((order) => `${order.do} ${order.node}`);
    }
    return orders;
  };

  it("is lost by three misses of a target that another candidate can ping", () => {
    expect(ticks(false, true, 2)).toEqual(["grant n1"]);
    expect(ticks(false, true, 3)).toEqual(["remove n1"]);
  });

  it("is not lost by a target that nobody can ping", () => {
    expect(ticks(false, false, 9)).toEqual(["grant n1"]);
  });

  it("a node without carrier is not worth the address, but is not stripped when nobody is", () => {
    const unplugged = { ...holding, carrier: false };
    expect(ordered(held("n1"), facts({ n1: unplugged }))).toEqual(["remove n1"]);
    expect(ordered(held("n1"), facts({ n1: unplugged, n2: silent, n3: silent }))).toEqual(["grant n1"]);
  });

  it("flapping makes each further change wait longer, while the holder serves", () => {
    const unplugged = { ...holding, carrier: false };
    const changed = (...changes: number[]): VipMemory => held("n1", { changes });
    const seen = facts({ n1: unplugged }, { at: 500_000 });
    expect(ordered(changed(490_000), seen)).toEqual(["remove n1"]);
    expect(ordered(changed(480_000, 490_000), seen)).toEqual(["grant n1"]);
    expect(ordered(changed(450_000, 460_000), seen)).toEqual(["remove n1"]);
    expect(ordered(changed(400_000, 430_000, 460_000), seen)).toEqual(["grant n1"]);
    expect(
      ordered(changed(480_000, 490_000), facts({ n1: silent }, { at: 500_000, stillAnswered: false })),
    ).not.toContain("grant n1");
  });
});

describe("static mode, when the holder does not answer", () => {
  const after = (ticks: number, stillAnswered: boolean | null): ReturnType<typeof decideVip> => {
    let memory = held("n1");
    let decision = decideVip(settings(), memory, facts({ n1: silent }, { at: 1, stillAnswered }));
    for (let tick = 2; tick <= ticks; tick++) {
      memory = decision.memory;
      decision = decideVip(settings(), memory, facts({ n1: silent }, { at: tick, stillAnswered }));
    }
    return decision;
  };

  it("waits three ticks, and takes over when the network says that nobody answers", () => {
    expect(after(2, false).orders).toEqual([]);
    expect(after(3, false).orders).toMatchObject([{ do: "grant", node: "n2", announce: "thrice" }]);
  });

  it("knows of the silent one when the config makes it a lease, and gives no lease elsewhere", () => {
    const { memory } = after(3, false);
    const seen = facts({ n1: silent }, { at: 9e6, stillAnswered: false });
    expect(ordered({ ...memory, booked: { ...memory.booked, n2: 1 } }, seen, lease)).toEqual([]);
    expect(ordered(memory, seen)).toEqual(["grant n2"]);
  });

  it("moves nothing while somebody answers for the address, and says so once", () => {
    const first = decideVip(settings(), held("n1"), facts({ n1: silent }, { at: 1, stillAnswered: true }));
    expect(first.events).toMatchObject([{ type: "vip.holder-unmanaged" }]);
    expect(after(9, true)).toMatchObject({ orders: [], events: [] });
  });

  it("moves nothing when nobody could ask", () => {
    expect(after(9, null).orders).toEqual([]);
  });

  it("does not strip a holder that serves for a candidate that cannot be given the address", () => {
    const memory = wish(held("n1", { booked: { n1: null, n3: null } }), { to: "n2" });
    expect(ordered(memory, facts({ n1: holding, n3: silent }))).toEqual(["grant n1"]);
  });
});

describe("lease mode", () => {
  it("books the end of a lease before it is sent", () => {
    const { memory, orders } = decideVip(lease, held("n1", { booked: {} }), facts({ n1: holding }));
    expect(orders).toMatchObject([{ do: "grant", node: "n1", leaseMs: 15_000, endsAt: 115_000 }]);
    expect(memory.booked).toEqual({ n1: 115_000 });
  });

  it("gives it to another node only when the lease has ended for certain: five seconds after its end", () => {
    const memory = held("n1", { booked: { n1: 100_000 } });
    const at = (time: number): string[] =>
      ordered(memory, facts({ n1: silent }, { at: time, stillAnswered: false }), lease);
    expect(at(104_999)).toEqual([]);
    expect(at(105_000)).toEqual([]);
    expect(at(105_001)).toEqual(["grant n2"]);
  });

  it("waits for a frozen lease until its node is seen, however long", () => {
    const memory = held("n1", { booked: { n1: null } });
    expect(ordered(memory, facts({ n1: silent }, { at: 9e9, stillAnswered: false }), lease)).toEqual([]);
  });

  describe("that the nodes remember to be frozen", () => {
    const frozen = (...nodes: string[]): Partial<VipFacts> => ({
      at: 9e8,
      authority: { leader: true, standby: false, until: Infinity, frozen: nodes },
    });
    const unaware = held("n2", { holder: null, booked: {} });

    it("is given to nobody while its node does not answer, and it is told why", () => {
      const { orders, events } = decideVip(lease, unaware, facts({ n1: silent }, frozen("n1")));
      expect(orders).toEqual([]);
      expect(events).toMatchObject([
        { type: "vip.waiting", error: expect.stringMatching(/^n1 .*or has left the config$/) as string },
      ]);
    });

    it("gets an end where it is found, and what froze it must not come after that", () => {
      const seen = facts({ n1: holding }, frozen("n1"));
      const { memory, orders } = decideVip(lease, unaware, seen);
      expect(orders).toMatchObject([{ do: "grant", node: "n1", leaseMs: lease.leaseMs, fence: true }]);
      const thawed = withGranted(seen, "n1", lease.leaseMs);
      expect(thawed.authority.frozen).toEqual([]);
      const [order] = orders;
      const after = order && afterOrder(memory, order, "done").memory;
      expect(after && decideVip(lease, after, thawed).orders).toMatchObject([{ node: "n1", fence: false }]);
    });

    it("is removed where it was before another node gets it", () => {
      const seen = facts({}, frozen("n3"));
      const { memory, orders } = decideVip(lease, unaware, seen);
      expect(orders).toMatchObject([{ do: "remove", node: "n3", fence: true, seen: false }]);
      const [order] = orders;
      const after = order && afterOrder(memory, order, "done").memory;
      expect(after && ordered(after, withRemoved(seen, "n3"), lease)).toEqual(["grant n1"]);
    });
  });

  it("is free of a node that was taken out of the config, when its lease has ended", () => {
    const memory = held("n1", { booked: { n1: null, n2: null, n3: 110_000 } });
    expect(withoutGone(memory, ["n2"]).booked).toEqual({ n2: null, n3: 110_000 });
  });

  it("gives nothing while somebody answers though the lease is over", () => {
    const memory = held("n1", { booked: { n1: 1 } });
    const { orders, events } = decideVip(lease, memory, facts({ n1: silent }, { stillAnswered: true }));
    expect(orders).toEqual([]);
    expect(events).toMatchObject([{ type: "vip.holder-unmanaged" }]);
  });

  it("grants no longer than other controllers are kept away", () => {
    const until = (time: number): ReturnType<typeof decideVip> =>
      decideVip(
        lease,
        held("n1", { booked: {} }),
        facts({ n1: holding }, { authority: { leader: true, standby: false, until: time, frozen: [] } }),
      );
    expect(until(110_000).orders).toMatchObject([{ leaseMs: 10_000, endsAt: 110_000 }]);
    expect(until(101_000).orders).toEqual([]);
  });

  it("freezes on a graceful stop, and a start forgets no frozen lease", () => {
    const { memory, orders } = freeze(lease, held("n1", { booked: { n1: 110_000 } }), facts({ n1: holding }));
    expect(orders).toMatchObject([{ do: "grant", node: "n1", leaseMs: null }]);
    expect(recall(lease, memory, 0).booked).toMatchObject({ n1: null });
  });

  describe("that is not made to last", () => {
    const leased = held("n1", { booked: { n1: 110_000 } });
    const ending: CandidateFacts = { ...idle, holds: { secondsLeft: 5 } };
    const unelected = { authority: { leader: false, standby: false, until: 0, frozen: [] } };
    const told = (seen: VipFacts, memory = leased): unknown => {
      const decision = freeze(lease, memory, seen);
      expect(decision.orders).toEqual([]);
      return decision.events.map(({ type, node, error }) => ({ type, node, error }));
    };

    it.each([
      [
        "since too few nodes obey",
        facts({ n1: ending }, unelected),
        /^too few nodes .*: the lease of n1 may end in 15 s/,
      ],
      ["since its holder is silent", facts({ n1: silent }), /^n1 cannot be asked .*: the lease of n1 may end in 15 s/],
    ])("is told, %s", (_, seen, error) => {
      expect(told(seen)).toEqual([
        { type: "vip.lease-runs-out", node: "n1", error: expect.stringMatching(error) as string },
      ]);
    });

    it.each([
      ["is another controller's", facts({ n1: ending }, onlooker)],
      ["lasts already", facts({ n1: holding }, unelected)],
      ["is gone from its holder", facts({})],
      ["has ended at its silent holder", facts({ n1: silent }, { at: 120_001 })],
    ])("is nothing to tell where it %s", (_, seen) => {
      expect(told(seen)).toEqual([]);
    });

    it("is nothing to tell where it lasts at its silent holder", () => {
      expect(told(facts({ n1: silent }), held("n1"))).toEqual([]);
    });
  });

  it("a start takes what was booked for a whole lease, whatever the clocks say, and what others may have given", () => {
    const { booked } = recall(lease, held("n1", { booked: { n1: 5 } }), 1000);
    expect(booked).toEqual({ n1: 16_000, n2: 16_000, n3: 16_000 });
  });

  it("a process carries on the counts of the one before, whose clock began at another time", () => {
    const counted = held("n2", { misses: { n1: 2 }, silentTicks: 1, wellSince: { n1: 7000 }, changes: [1000, 9000] });
    const saved = shifted(counted, 1_000_000);
    expect(recall(settings(), shifted(saved, -1_003_000, 7000), 7000, "kept")).toMatchObject({
      misses: { n1: 2 },
      silentTicks: 1,
      wellSince: { n1: 4000 },
      changes: [-2000, 6000],
    });
    // A clock that was set back.
    expect(recall(settings(), shifted(saved, -900_000, 7000), 7000, "kept").wellSince).toEqual({ n1: 7000 });
    expect(recall(settings(), counted, 7000)).toMatchObject({ misses: {}, silentTicks: 0, wellSince: {}, changes: [] });
  });

  it("is not given back to its holder after a start before it was seen to be nowhere else", () => {
    const memory = recall(lease, held("n1", { booked: { n1: 5 } }), 100_000);
    expect(ordered(memory, facts({ n2: silent }), lease)).toEqual([]);
    expect(ordered(memory, facts({ n1: holding, n2: silent }), lease)).toEqual(["grant n1"]);
    expect(ordered(memory, facts({ n2: silent }, { at: 120_001 }), lease)).toEqual(["grant n1"]);
    expect(ordered(memory, facts({}), lease)).toEqual(["remove n2", "remove n3"]);
  });
});

describe("an address that a node has from somebody else", () => {
  const own = { device: "eth0", address: "10.0.0.9/24" };
  const cleared = held("n1", { booked: { n1: null } });
  const conflict =
    "n2 has 10.0.0.9/24 on eth0, which did not come from pictl: it is left alone, and the address is given to nobody";

  it.each([
    ["of a candidate", facts({ n2: { ...idle, foreign: [own] } })],
    ["of a node that is none", facts({}, { others: { n2: [own] } })],
  ])("is given to nobody, and nothing is removed: %s", (_, seen) => {
    const decision = decideVip(settings(), cleared, seen);
    expect(decision).toMatchObject({ orders: [], events: [{ type: "vip.conflict", error: conflict }] });
    expect(decideVip(settings(), decision.memory, { ...seen, at: 101_000 })).toMatchObject({ orders: [], events: [] });
    expect(ordered(newMemory(settings(), 0), seen)).toEqual([]);
    expect(ordered(newMemory(lease, 0), seen, lease)).toEqual([]);
  });

  it("leaves it to who has it already, and tells it once", () => {
    const seen = facts({ n1: holding, n2: { ...idle, foreign: [own] } });
    const first = decideVip(settings(), cleared, seen);
    expect(first.orders).toMatchObject([{ do: "grant", node: "n1" }]);
    expect(first.events).toEqual([{ type: "vip.conflict", error: conflict }]);
    const next = decideVip(settings(), first.memory, { ...seen, at: 101_000 });
    expect([next.orders.length, next.events]).toEqual([1, []]);
    const unfit = facts({ n1: { ...holding, carrier: false }, n2: { ...idle, foreign: [own] } });
    expect(ordered(cleared, unfit)).toEqual(["grant n1"]);
  });

  it("is moved by hand to nobody", () => {
    for (const to of ["n2", "n3"]) {
      const seen = facts({ n1: holding, n2: { ...idle, foreign: [own] } });
      const refused = decideVip(settings(), wish(cleared, { to }), seen);
      expect([refused.orders, refused.events]).toEqual([[], [{ type: "vip.move-refused", node: to, error: conflict }]]);
    }
  });

  it("is nobody's where it is the network's or its broadcast address; whoever has a wider network gets it", () => {
    const narrow: AnsweringCandidate = { ...idle, networks: ["10.0.0.10/31", "10.0.0.14/29"] };
    const seen = facts({ n1: narrow, n2: { ...idle, networks: ["10.0.0.11/30", "10.0.0.5/8"] } });
    const of = settings({ ip: "10.0.0.15" });
    expect(ordered(held("n1"), seen, of)).toEqual(["remove n1"]);
    expect(ordered(held("n2"), seen, of)).toEqual(["grant n2"]);
  });
});

describe("a node that does not do what it is ordered", () => {
  const refuse = (memory: VipMemory, seen: VipFacts, of: VipSettings, outcome: "refused" | "unknown" = "refused") => {
    const { memory: sent, orders } = decideVip(of, memory, seen);
    return orders.reduce((known, order) => {
      const isIdler = order.node === "n1";
      return afterOrder(known, order, isIdler ? outcome : "done", isIdler ? "its disk is full" : undefined).memory;
    }, sent);
  };
  /** Who has the address, tick by tick, while n1 looks fit and refuses everything. */
  const play = (of: VipSettings, first: VipMemory, outcome: "refused" | "unknown" = "refused"): string => {
    let memory = first;
    let has: string | undefined = memory.booked["n1"] !== undefined && memory.holder === "n1" ? "n1" : undefined;
    const ends = has === undefined ? 0 : 15_000;
    for (let at = 0; at < 120_000; at += 1000) {
      if (has === "n1" && of.mode === "lease" && at >= ends) has = undefined;
      const seen = facts(has === undefined ? {} : { [has]: holding }, {
        at,
        stillAnswered: has === undefined ? false : null,
      });
      for (let part = 0; part < 2; part += 1) {
        const { orders } = decideVip(of, memory, seen);
        const given = orders.find((order) => order.do === "grant" && order.node !== "n1");
        memory = refuse(memory, seen, of, outcome);
        if (given && has === undefined) return `${given.node} after ${String((at - ends) / 1000)} s`;
      }
    }
    return has ?? "nobody";
  };

  it("keeps the address from nobody else who is fit", () => {
    expect(play(settings(), held("n1", { booked: {} }))).toBe("n2 after 0 s");
    expect(play(lease, held("n1", { booked: {} }))).toBe("n2 after 0 s");
    // Where nobody knows whether it took it: until that cannot be any more.
    expect(play(settings(), held("n1", { booked: {} }), "unknown")).toMatch(/^n2 after \d s$/);
    expect(play(lease, held("n1", { booked: {} }), "unknown")).toMatch(/^n2 after 2\d s$/);
    // A controller that has just begun and knows nothing of it.
    expect(play(settings(), newMemory(settings(), 0))).toMatch(/^n2 after (\d|1\d) s$/);
    expect(play(lease, newMemory(lease, 0))).toMatch(/^n2 after (\d|1\d|2[01]) s$/);
  });

  it("loses a lease that it does not let renew to another, five seconds after its end", () => {
    expect(play(lease, held("n1", { booked: { n1: 15_000 } }))).toBe("n2 after 6 s");
  });

  it("keeps a static address that it serves", () => {
    expect(play(settings(), held("n1"))).toBe("n1");
  });

  it("is tried again when its pause is over, and nobody else is fit before that", () => {
    const failed = { n1: { count: 2, at: 100_000, why: "its disk is full" } };
    const only = held("n1", { booked: {}, failed });
    expect(ordered(only, facts({ n2: silent, n3: silent }, { at: 101_000 }))).toEqual(["grant n1"]);
    const n2Failed = { ...only, failed: { ...failed, n2: { count: 1, at: 100_500, why: "it could not" } } };
    expect(ordered(n2Failed, facts({ n3: silent }, { at: 101_000 }))).toEqual(["grant n1"]);
    expect(ordered(only, facts({}, { at: 101_000 }))).toEqual(["grant n2"]);
    expect(ordered({ ...only, holder: null }, facts({}, { at: 161_000 }))).toEqual(["grant n1"]);
  });

  it("does not get it back by preemption, nor by itself after an hour without a try", () => {
    const failed = { n1: { count: 1, at: 0, why: "its disk is full" } };
    const memory = held("n2", { wellSince: { n1: 0 }, failed });
    const preempts = settings({ preempt: true });
    expect(ordered(memory, facts({ n2: holding }, { at: 1_000_000 }), preempts)).toEqual(["grant n2"]);
    expect(ordered(memory, facts({ n2: holding }, { at: 3_700_000 }), preempts)).toEqual(["remove n2"]);
  });

  it("is told once for each reason, and forgotten when it obeys", () => {
    const { orders, memory } = decideVip(settings(), held("n1", { booked: {} }), facts({}));
    const [order] = orders;
    if (!order) throw new Error("no order");
    const first = afterOrder(memory, order, "refused", "its disk is full");
    expect(first.events).toEqual([
      { type: "vip.grant-failed", node: "n1", error: "its disk is full; nothing was done" },
    ]);
    expect(first.memory.booked).toEqual({});
    const second = afterOrder(first.memory, order, "refused", "its disk is full");
    expect([second.events, second.memory.failed["n1"]]).toEqual([
      [],
      { count: 2, at: 100_000, why: "its disk is full" },
    ]);
    expect(afterOrder(second.memory, order, "done").memory.failed).toEqual({});
  });

  it("is waited for while a majority remembers that it has the address, until it was seen not to", () => {
    const authority = { leader: true, standby: false, until: Infinity, frozen: ["n1"] };
    const seen = facts({}, { authority });
    const since = (at: number) =>
      held("n1", { withoutSince: { n1: at }, failed: { n1: { count: 9, at: 99_000, why: "" } } });
    expect(ordered(since(95_000), seen, lease)).toEqual(["remove n1"]);
    expect(ordered(since(70_000), seen, lease)).toEqual(["grant n2"]);
  });
});

describe("a node that has lost its row", () => {
  it("loses the address too, before another one gets it", () => {
    const gone: AnsweringCandidate = { ...holding, device: false, carrier: false };
    const two = settings({
      candidates: ["n2", "n3"].map((node) => ({ node, slave: undefined, pingIntervalMs: 5000 })),
    });
    expect(ordered(held("n1"), facts({ n1: gone }), two)).toEqual(["remove n1"]);
    expect(ordered(held("n2"), facts({ n1: gone, n2: holding }), two)).toEqual(["remove n1"]);
    expect(ordered(held("n1"), facts({ n1: { ...gone, holds: null } }), two)).toEqual(["remove n1"]);
    expect(ordered(held("n1", { booked: {} }), facts({ n1: { ...gone, holds: null } }), two)).toEqual(["grant n2"]);
  });
});

describe("whatever is seen", () => {
  const candidate: fc.Arbitrary<CandidateFacts> = fc.oneof(
    fc.constantFrom<CandidateFacts>({ state: "silent" }, { state: "refused", code: "auth-failed" }),
    fc.record({
      state: fc.constant("answers" as const),
      device: fc.boolean(),
      carrier: fc.boolean(),
      holds: fc.constantFrom(null, { secondsLeft: null }, { secondsLeft: 5 }),
      foreign: fc.constantFrom([], [{ device: "eth0", address: "10.0.0.9/24" }]),
      networks: fc.constantFrom(["10.0.0.11/24"], ["10.0.0.11/29"]),
      reaches: fc.constant({}),
    }),
  );
  const seen = fc.record({
    at: fc.nat(1_000_000),
    candidates: fc.record({ n1: candidate, n2: candidate, n3: candidate }),
    others: fc.constant({}),
    stillAnswered: fc.constantFrom(true, false, null),
    authority: fc.record({
      leader: fc.boolean(),
      standby: fc.boolean(),
      until: fc.constant(Infinity),
      frozen: fc.subarray(["n1", "n2", "n3"]),
    }),
  });
  const known = fc.record({
    holder: fc.constantFrom(null, "n1", "n2"),
    booked: fc.dictionary(fc.constantFrom("n1", "n2", "n3"), fc.option(fc.nat(1_000_000))),
  });

  it("at most one node is granted the address, and none while another is to lose it", () => {
    fc.assert(
      fc.property(fc.constantFrom(settings(), lease), known, seen, (of, parts, seenNow) => {
        const { orders } = decideVip(of, { ...newMemory(of, 0), ...parts }, seenNow);
        const grants = orders.filter((order) => order.do === "grant");
        expect(grants.length).toBeLessThanOrEqual(1);
        if (grants.length === 1) expect(orders).toHaveLength(1);
        if (!seenNow.authority.leader) expect(orders).toEqual([]);
      }),
    );
  });

  it("a grant to another node never comes before what is booked has passed", () => {
    fc.assert(
      fc.property(known, seen, (parts, seenNow) => {
        const memory = { ...newMemory(lease, 0), ...parts };
        const { orders } = decideVip(lease, memory, seenNow);
        for (const order of orders) {
          if (order.do !== "grant" || order.node === memory.holder || memory.holder === null) continue;
          for (const [node, end] of Object.entries(memory.booked)) {
            if (node !== order.node) expect(end !== null && end + 5000 < seenNow.at).toBe(true);
          }
          expect(seenNow.authority.frozen.filter((node) => node !== order.node)).toEqual([]);
        }
      }),
    );
  });
});

it("ticks at the smallest ping time, and often enough for the lease", () => {
  expect(tickMs(settings())).toBe(5000);
  expect(tickMs(settings({ mode: "lease", leaseMs: 6000 }))).toBe(2000);
  expect(tickMs(settings({ candidates: [{ node: "n1", slave: undefined, pingIntervalMs: 100 }] }))).toBe(1000);
});
