/** What of the nodes' memory of an address is taken back after an order. */
import { expect, test } from "vitest";
import type { Authority, Outcome } from "../../../src/app/ports.ts";
import { openVipOrders } from "../../../src/app/vip/orders.ts";
import type { VipMemoryFile } from "../../../src/app/vip/memory.ts";
import type { VipOrder } from "../../../src/domain/vip/decide.ts";
import { holdersOf, type VipFacts } from "../../../src/domain/vip/facts.ts";
import { recall } from "../../../src/domain/vip/memory.ts";
import { oneCandidate, portsTo } from "../../fakes/vip.ts";

const watched = oneCandidate();

const remove: VipOrder = { do: "remove", node: "n1", fence: true, seen: true };
const grant = { do: "grant", node: "n1", announce: "once", fence: false } as const;
const lease: VipOrder = { ...grant, leaseMs: 15_000, endsAt: 20_000 };
const endless: VipOrder = { ...grant, leaseMs: null, endsAt: null };

/** Carries out one order on a node that ends with this exit code. */
async function carryingOut(order: VipOrder, { code = 0, frozen = ["n1"], mayRaise = true }) {
  const thawed: string[] = [];
  let ordered = 0;
  const ports = portsTo({
    privilege: () => Promise.resolve({ root: true, docker: true, sudo: false }),
    run: () => {
      ordered += 1;
      const rest = { stdout: "", stderr: "", truncated: false, durationMs: 1 };
      return Promise.resolve<Outcome>(
        code === 0 ? { ...rest, status: "ok", code } : { ...rest, status: "failed", code },
      );
    },
  });
  const authority = {
    raise: () => Promise.resolve(mayRaise),
    thaw: (_ip, name) => {
      thawed.push(name);
      return Promise.resolve();
    },
  } as Partial<Authority> as Authority;
  const remembered = recall(watched.section, undefined, 0, "anew");
  const memory = {
    recall: () => Promise.resolve(remembered),
    keep: () => Promise.resolve(),
  } as Partial<VipMemoryFile> as VipMemoryFile;
  const orders = openVipOrders(ports, { authority, memory, telling: { tell: () => Promise.resolve() } });
  const had = order.do === "remove" ? { secondsLeft: null } : null;
  const n1 = { device: true, carrier: true, foreign: [], networks: [], reaches: {} };
  const facts: VipFacts = {
    ...{ at: 0, others: {}, stillAnswered: null },
    candidates: { n1: { state: "answers", ...n1, holds: had } },
    authority: { leader: true, standby: false, until: Infinity, frozen },
  };
  const after = await orders.carryOut(watched, [order], facts);
  return { thawed, ordered, holders: holdersOf(after), frozen: after.authority.frozen };
}

test.each<[string, VipOrder, Parameters<typeof carryingOut>[1], string[]]>([
  ["is gone from it", remove, {}, ["n1"]],
  ["is gone from it, which the nodes do not remember", remove, { frozen: [] }, []],
  ["has an end there now", lease, {}, ["n1"]],
  ["has an end there now, which the nodes do not remember", lease, { frozen: [] }, []],
  ["has no end there", endless, {}, []],
  ["was refused by one that never had it", lease, { code: 75 }, ["n1"]],
  ["was refused by one that has it", { ...lease, bookedBefore: 9000 }, { code: 75 }, []],
  ["was not taken from it", remove, { code: 75 }, []],
  ["may have been taken from it", remove, { code: 1 }, []],
  ["may have got an end", lease, { code: 1 }, []],
])(
  "the nodes forget who has an address without an end when it certainly has not: %s",
  async (_how, order, how, gone) => {
    expect((await carryingOut(order, how)).thawed).toEqual(gone);
  },
);

test("what was done is seen at once, what may have been done is not", async () => {
  expect(await carryingOut(lease, {})).toMatchObject({ holders: ["n1"], frozen: [] });
  expect(await carryingOut(endless, {})).toMatchObject({ holders: ["n1"], frozen: ["n1"] });
  expect(await carryingOut(remove, {})).toMatchObject({ holders: [], frozen: [] });
  for (const code of [1, 75])
    expect(await carryingOut(remove, { code })).toMatchObject({ holders: ["n1"], frozen: ["n1"] });
});

test("what must not come after an order of before waits until no such order can come", async () => {
  expect(await carryingOut(remove, { mayRaise: false })).toMatchObject({ ordered: 0, holders: ["n1"] });
  expect(await carryingOut(lease, { mayRaise: false })).toMatchObject({ ordered: 1, holders: ["n1"] });
});
