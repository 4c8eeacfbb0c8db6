import type { LiveVip, Model } from "../../watch/model.ts";
import { duration } from "../../view/text/units.ts";
import { vipEvents } from "./event-facts.ts";
import { type Fact, listView, type Row, type RowSight } from "./list.ts";
import { since } from "./words.ts";

interface VipLine extends Row {
  readonly vip: LiveVip;
}

function rows(model: Model): readonly VipLine[] {
  return [...model.vips.values()].map((vip): VipLine => ({ id: vip.vip, subject: { kind: "vip", vip: vip.vip }, vip }));
}

export const vipsList = listView<VipLine>({
  rows,
  text: ({ vip }) => `${vip.name} ${vip.vip} ${vip.holders.join(" ")}`.toLowerCase(),
  empty: () => "The config has no virtual IP. A `vip` section in it describes one.",
  columns: [
    {
      title: "",
      value: ({ vip }) => (isWell(vip) ? "●" : "✗"),
      tone: ({ vip }) => (isWell(vip) ? "good" : "bad"),
      min: 1,
      max: 1,
      rank: 0,
    },
    { title: "ADDRESS", value: ({ vip }) => vip.vip, min: 12, max: 24, rank: 0, sort: ({ vip }) => vip.vip },
    { title: "NAME", value: ({ vip }) => (vip.name === vip.vip ? "-" : vip.name), min: 6, max: 16, rank: 3 },
    {
      title: "HOLDER",
      value: ({ vip }) => holder(vip),
      tone: ({ vip }) => (isWell(vip) ? undefined : "bad"),
      min: 8,
      max: 20,
      rank: 0,
      sort: ({ vip }) => holder(vip),
    },
    {
      title: "SINCE",
      value: ({ vip }, { nowMs }) => (vip.since === null ? "-" : since(Date.parse(vip.since), nowMs)),
      align: "right",
      min: 6,
      max: 7,
      rank: 1,
    },
    { title: "LEASE LEFT", value: ({ vip }) => lease(vip), align: "right", min: 10, max: 10, rank: 1 },
    { title: "MODE", value: ({ vip }) => mode(vip), min: 6, max: 16, rank: 3 },
    {
      title: "CANDIDATES",
      value: ({ vip }) => vip.candidates.map(({ node, state }) => `${node} ${state}`).join(", "),
      min: 10,
      max: 50,
      rank: 2,
    },
    { title: "WHY", value: ({ vip }) => vip.failures[0]?.message ?? "", tone: () => "bad", min: 10, max: 60, rank: 1 },
  ],
  tabs: [
    { title: "Details", lines: details },
    { title: "History", lines: ({ vip }, sight) => vipEvents(vip.vip, sight) },
  ],
});

export function isWell(vip: LiveVip): boolean {
  return vip.released || (vip.holders.length === 1 && vip.failures.length === 0) || vip.seenAtMs === null;
}

export function holder(vip: LiveVip): string {
  if (vip.released) return "released";
  if (vip.holders.length > 1) return vip.holders.join(" and ");
  return vip.holders[0] ?? vip.node ?? (vip.seenAtMs === null ? "?" : "nobody");
}

function lease(vip: LiveVip): string {
  return vip.leaseSecondsLeft === null ? "-" : `${Math.round(vip.leaseSecondsLeft)} s`;
}

function mode({ mode: kind, leaseMs }: LiveVip): string {
  return leaseMs === null ? kind : `${kind} of ${duration(leaseMs)}`;
}

function details({ vip }: VipLine, { nowMs }: RowSight): readonly Fact[] {
  return [
    { name: "holder", value: holder(vip), tone: isWell(vip) ? "good" : "bad" },
    ...vip.failures.map((failure) => ({ text: failure.message, tone: "bad" }) as const),
    { name: "since", value: vip.since === null ? "nobody knows" : since(Date.parse(vip.since), nowMs) },
    { name: "lease left", value: vip.leaseMs === null ? "none: the address stays until it is taken away" : lease(vip) },
    { name: "mode", value: mode(vip) },
    {
      name: "kept by",
      value: vip.daemonPid === null ? "no daemon on this machine" : `the daemon here (process ${vip.daemonPid})`,
    },
    { heading: "candidates" },
    ...vip.candidates.map((each) => ({
      name: each.node,
      value: [each.state, `on ${each.device}`, each.message].filter(Boolean).join(", "),
      tone: each.state === "holds" ? ("good" as const) : each.state === "fit" ? ("plain" as const) : ("bad" as const),
    })),
  ];
}
