import { describe, expect, it, test } from "vitest";
import type { AnsweringCandidate, CandidateFacts, VipFacts, VipSettings } from "../../../src/domain/vip/facts.ts";
import { newMemory, type VipMemory } from "../../../src/domain/vip/memory.ts";
import { answerWish, rehearse } from "../../../src/domain/vip/wish.ts";

const settings: VipSettings = {
  ip: "10.0.0.9",
  mode: "lease",
  leaseMs: 15_000,
  preempt: false,
  candidates: ["n1", "n2"].map((node) => ({ node, slave: undefined, pingIntervalMs: 5000 })),
};
const idle: AnsweringCandidate = {
  state: "answers",
  device: true,
  carrier: true,
  foreign: [],
  networks: ["10.0.0.11/24"],
  holds: null,
  reaches: {},
};
const holding: CandidateFacts = { ...idle, holds: { secondsLeft: 14 } };
const foreign = "which did not come from pictl: it is left alone, and the address is given to nobody";
const silent: CandidateFacts = { state: "silent" };

const facts = (n1: CandidateFacts, n2: CandidateFacts, leader = true): VipFacts => ({
  at: 100_000,
  candidates: { n1, n2 },
  others: {},
  stillAnswered: null,
  authority: { leader, standby: !leader, until: Infinity, frozen: [] },
});
const memory = (parts: Partial<VipMemory>): VipMemory => ({ ...newMemory(settings, 0), booked: {}, ...parts });

describe("what became of a move to n2", () => {
  test.each([
    ["n2 has it", memory({ holder: "n2" }), facts(idle, holding), "done"],
    ["not confirmed", memory({ holder: "n2" }), facts(idle, idle), "waiting"],
    ["still wished", memory({ holder: "n1", wish: "n2", told: "waits for n1" }), facts(silent, idle), "waiting"],
    ["somebody else was wished", memory({ holder: "n1" }), facts(holding, idle), "refused"],
    ["we do not lead", memory({ holder: "n1", wish: "n2" }), facts(holding, idle, false), "refused"],
  ])("%s", (_, known, seen, expected) => {
    expect(answerWish(settings, { to: "n2" }, { memory: known, facts: seen, events: [] }).state).toBe(expected);
  });

  it("is refused with the node's own reason when it did not take it", () => {
    const failed = { n2: { count: 1, at: 100_000, why: "the node could not write /run/x" } };
    const end = { memory: memory({ holder: "n1", failed }), facts: facts(idle, idle), events: [] };
    expect(answerWish(settings, { to: "n2" }, end)).toMatchObject({
      state: "refused",
      why: "n2 did not take it: the node could not write /run/x",
    });
  });

  it("says why it was refused", () => {
    const events = [{ type: "vip.move-refused", node: "n2", error: "n2 does not answer" }] as const;
    const end = { memory: memory({ holder: "n1" }), facts: facts(holding, silent), events };
    expect(answerWish(settings, { to: "n2" }, end)).toEqual({
      state: "refused",
      code: "move-failed",
      why: "n2 does not answer",
    });
  });
});

describe("what became of a release", () => {
  test.each([
    ["nobody has it", memory({ released: true }), facts(idle, idle), "done"],
    ["n1 has it still", memory({ released: true }), facts(holding, idle), "waiting"],
    [
      "n1 is silent, and its lease runs",
      memory({ released: true, booked: { n1: 99_000 } }),
      facts(silent, idle),
      "waiting",
    ],
    [
      "n1 is silent, and its lease has ended",
      memory({ released: true, booked: { n1: 90_000 } }),
      facts(silent, idle),
      "done",
    ],
    ["n1 is silent, without end", memory({ released: true, booked: { n1: null } }), facts(silent, idle), "waiting"],
    ["it was moved meanwhile", memory({ holder: "n2" }), facts(idle, holding), "refused"],
  ])("%s", (_, known, seen, expected) => {
    expect(answerWish(settings, "release", { memory: known, facts: seen, events: [] }).state).toBe(expected);
  });
});

describe("a static address that is released while a node is silent", () => {
  const known = memory({ released: true, booked: { n1: null } });
  test.each([
    [false, "done"],
    [true, "waiting"],
    [null, "waiting"],
  ])("is gone where the network says so (it says %s)", (stillAnswered, expected) => {
    const seen = { ...facts(silent, idle), stillAnswered };
    const end = { memory: known, facts: seen, events: [] };
    expect(answerWish({ ...settings, mode: "static" }, "release", end).state).toBe(expected);
  });
});

describe("a rehearsal", () => {
  test.each([
    [{ to: "n2" }, facts(holding, idle), { steps: ["take it from n1", "give it to n2"] }],
    [{ to: "n2" }, facts(idle, holding), { steps: [] }],
    [{ to: "n2" }, facts(holding, holding), { steps: ["take it from n1"] }],
    [{ to: "n2" }, facts(holding, silent), { refused: "n2 does not answer" }],
    [
      { to: "n2" },
      facts(holding, { ...idle, ipv6Off: true }),
      { refused: "n2 has IPv6 switched off on the network device of its row (its sysctl disable_ipv6 is 1)" },
    ],
    [{ to: "n2" }, facts(holding, { state: "refused", code: "auth-failed" }), { refused: "n2 refuses our login" }],
    [
      { to: "n2" },
      facts(holding, { state: "refused", code: "host-key-unknown" }),
      { refused: "n2 has a host key that is not known yet (`pictl node trust n2`)" },
    ],
    [
      { to: "n2" },
      facts(holding, { state: "refused", code: "host-key-changed" }),
      { refused: "n2 shows another host key than the one that is known (`pictl doctor n2`)" },
    ],
    [
      { to: "n2" },
      facts(holding, { ...idle, foreign: [{ device: "eth0", address: "10.0.0.9/24" }] }),
      { refused: `n2 has 10.0.0.9/24 on eth0, ${foreign}` },
    ],
    [
      { to: "n2" },
      { ...facts(holding, idle), others: { n7: [{ device: "lo", address: "10.0.0.9/32" }] } },
      { refused: `n7 has 10.0.0.9/32 on lo, ${foreign}` },
    ],
    [
      { to: "n2" },
      facts(holding, { ...idle, networks: ["10.0.0.9/29"] }),
      { steps: ["take it from n1", "give it to n2"] },
    ],
    [
      { to: "n2" },
      facts(holding, { ...idle, networks: ["10.1.0.1/24", "fd77::1/64"] }),
      {
        steps: [
          "take it from n1",
          "give it to n2 (10.0.0.9 is in no network of its network device, which has 10.1.0.1/24: neighbours find it only by a route)",
        ],
      },
    ],
    [
      { to: "n2" },
      facts(holding, { ...idle, networks: ["10.0.0.10/29", "10.0.0.9/31"] }),
      { steps: ["take it from n1", "give it to n2"] },
    ],
    ["release", facts(holding, holding), { steps: ["take it from n1", "take it from n2"] }],
    ["release", facts(idle, idle), { steps: [] }],
  ] as const)("%j", (wish, seen, expected) => {
    expect(rehearse(settings, wish, seen)).toEqual(expected);
  });
});
