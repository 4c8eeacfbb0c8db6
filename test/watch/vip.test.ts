import { expect, test } from "vitest";
import type { VipRow } from "../../src/app/vip/show.ts";
import type { Happening } from "../../src/watch/happening.ts";
import { config } from "../fakes/config.ts";
import { answered, lost, modelOf, startMs, twoNodes } from "./model.ts";

const t = startMs;
const ip = "10.0.0.9";
const candidates = ["n1", "n2"].map((node) => ({ node, device: "eth0", slave: undefined, pingIntervalMs: 1000 }));
const withVip = config({
  ...twoNodes,
  vips: [{ name: "web", ip, mode: "lease", leaseMs: 10_000, preempt: false, candidates }],
});

function looked(holder: string | null, atMs: number): Happening {
  const row: VipRow = {
    vip: ip,
    name: "web",
    node: holder,
    mode: "lease",
    leaseMs: 10_000,
    since: null,
    released: false,
    daemonPid: 7,
    candidates: candidates.map(({ node, device }) => ({
      node,
      device,
      state: node === holder ? "holds" : "fit",
      leaseSecondsLeft: node === holder ? 8 : null,
      message: "",
    })),
  };
  return { kind: "vip", row, failures: [], atMs };
}

const has = (node: string, atMs: number, seconds: number): Happening =>
  answered(node, atMs, { vips: new Map([[ip, seconds]]) });

const histories: readonly (readonly [string, readonly Happening[], object])[] = [
  ["before the first look", [], { node: null, holders: [], candidates: [], seenAtMs: null }],
  ["a look tells", [looked("n1", t)], { node: "n1", holders: ["n1"], leaseSecondsLeft: 8, seenAtMs: t }],
  ["its node tells in between", [looked("n1", t), has("n1", t + 5, 6)], { leaseSecondsLeft: 6, seenAtMs: t + 5 }],
  ["it has no end", [looked("n1", t), has("n1", t + 5, Infinity)], { node: "n1", leaseSecondsLeft: null }],
  ["it goes", [looked("n1", t), answered("n1", t + 5)], { node: null, holders: [], seenAtMs: t + 5 }],
  ["to another node", [looked("n1", t), has("n2", t + 5, 9), answered("n1", t + 6)], { node: "n2", holders: ["n2"] }],
  ["both have it", [looked("n1", t), has("n2", t + 5, 9)], { node: "n1", holders: ["n1", "n2"] }],
  ["its node is lost", [has("n1", t, 9), lost("n1", t + 5)], { node: null, holders: [] }],
];

test.each(histories)("a virtual IP: %s", (_what, happenings, expected) => {
  expect(modelOf(withVip, happenings).vips.get(ip)).toMatchObject(expected);
});
