import type { LiveNode, Model } from "../../watch/model.ts";
import { bytes, duration } from "../../view/text/units.ts";
import { nodeEvents } from "./event-facts.ts";
import { type Fact, listView, type Row, type RowSight } from "./list.ts";
import { age, containerSign, containerState, nodeSign, nodeState, percent, since } from "./words.ts";

export interface NodeLine extends Row {
  readonly node: LiveNode;
}

function rows(model: Model): readonly NodeLine[] {
  const order = ({ node }: NodeLine): number => (nodeSign(node)[1] === "bad" ? 0 : 1);
  return [...model.nodes.values()]
    .map((node): NodeLine => ({ id: node.node, subject: { kind: "node", node: node.node }, node }))
    .toSorted((a, b) => order(a) - order(b));
}

export const nodesList = listView<NodeLine>({
  rows,
  text: ({ node }) => `${node.node} ${node.spec.address} ${nodeState(node)} ${node.facts.os ?? ""}`.toLowerCase(),
  faint: ({ node }) => node.state === "connecting",
  labels: ({ node }) => node.spec.labels,
  empty: () => "The config has no node. `:node add` adds one.",
  columns: [
    {
      title: "",
      value: ({ node }) => nodeSign(node)[0],
      tone: ({ node }) => nodeSign(node)[1],
      min: 1,
      max: 1,
      rank: 0,
    },
    { title: "NODE", value: ({ node }) => node.node, min: 10, max: 24, rank: 0, sort: ({ node }) => node.node },
    {
      title: "STATE",
      value: ({ node }) => nodeState(node),
      tone: ({ node }) => nodeSign(node)[1],
      min: 9,
      max: 16,
      rank: 0,
      sort: ({ node }) => nodeState(node),
    },
    {
      title: "RUN",
      value: ({ node }) => runs(node),
      align: "right",
      min: 5,
      max: 7,
      rank: 1,
      sort: ({ node }) => -(node.facts.containersRunning ?? -1),
    },
    {
      title: "CPU",
      value: ({ node }) => percent(cpuShare(node)),
      tone: ({ node }) => heat(cpuShare(node)),
      align: "right",
      min: 6,
      max: 6,
      rank: 2,
      sort: ({ node }) => -(cpuShare(node) ?? -1),
    },
    {
      title: "MEM",
      value: ({ node }) => percent(memoryPercent(node)),
      tone: ({ node }) => heat(memoryPercent(node)),
      align: "right",
      min: 6,
      max: 6,
      rank: 2,
      sort: ({ node }) => -(memoryPercent(node) ?? -1),
    },
    {
      title: "DISK",
      value: ({ node }) => percent(diskPercent(node)),
      tone: ({ node }) => heat(diskPercent(node)),
      align: "right",
      min: 6,
      max: 6,
      rank: 3,
      sort: ({ node }) => -(diskPercent(node) ?? -1),
    },
    {
      title: "LOAD",
      value: ({ node }) => node.facts.load1?.toFixed(2) ?? "-",
      align: "right",
      min: 5,
      max: 6,
      rank: 4,
      sort: ({ node }) => -(node.facts.load1 ?? -1),
    },
    {
      title: "UP",
      value: ({ node }) => (node.facts.uptimeSeconds == null ? "-" : duration(node.facts.uptimeSeconds * 1000)),
      align: "right",
      min: 6,
      max: 7,
      rank: 5,
    },
    { title: "VIP", value: ({ node }) => (node.facts.vip ? "yes" : "-"), min: 3, max: 3, rank: 5 },
    { title: "DOCKER", value: ({ node }) => node.facts.dockerVersion ?? "-", min: 6, max: 9, rank: 6 },
    { title: "SYSTEM", value: ({ node }) => system(node), min: 8, max: 28, rank: 7 },
    {
      title: "WHY",
      value: ({ node }, { nowMs }) => why(node, nowMs),
      tone: ({ node }) => (nodeSign(node)[1] === "bad" ? "bad" : undefined),
      min: 10,
      max: 70,
      rank: 1,
    },
  ],
  tabs: [
    { title: "Details", lines: details },
    { title: "Containers", lines: containersOf },
    { title: "Events", lines: ({ node }, sight) => nodeEvents(node.node, sight) },
  ],
});

/** Of all its processors together. */
export function cpuShare({ use, facts }: LiveNode): number | null {
  return use?.cpuPercent == null ? null : use.cpuPercent / Math.max(1, facts.cpus ?? 1);
}

export function memoryPercent({ use, facts }: LiveNode): number | null {
  const total = facts.memoryTotalBytes;
  if (total == null || total === 0) return null;
  const used = use?.memoryBytes ?? (facts.memoryAvailableBytes == null ? null : total - facts.memoryAvailableBytes);
  return used === null ? null : (used / total) * 100;
}

export function diskPercent({ facts: { diskUsedBytes: used, diskAvailableBytes: free } }: LiveNode): number | null {
  return used == null || free == null || used + free === 0 ? null : (used / (used + free)) * 100;
}

/** From where on an amount is one to look at. */
export function heat(value: number | null | undefined): "bad" | "warn" | undefined {
  if (value == null || value < 80) return undefined;
  return value < 92 ? "warn" : "bad";
}

function runs({ facts }: LiveNode): string {
  return facts.containersRunning === null
    ? "-"
    : `${facts.containersRunning}/${facts.containers ?? facts.containersRunning}`;
}

function system({ facts }: LiveNode): string {
  return [facts.os?.replace(/ (?:GNU\/)?Linux\b/, "").replace(/ \([^)]*\)$/, ""), facts.arch].filter(Boolean).join(" ");
}

function why(node: LiveNode, nowMs: number): string {
  if (node.failure) return `for ${since(node.sinceMs, nowMs)}: ${node.failure.message}`;
  if (node.docker.failure) return node.docker.failure.message;
  const old = age("node", node.seenAtMs, nowMs);
  return old === undefined ? "" : `seen ${old} ago`;
}

function details({ node }: NodeLine, { nowMs }: RowSight): readonly Fact[] {
  const { facts, spec, use } = node;
  const [, tone] = nodeSign(node);
  const failure = node.failure ?? node.docker.failure;
  const labels = Object.entries(spec.labels).map(([key, value]) => `${key}=${value}`);
  return [
    { name: "state", value: `${nodeState(node)} for ${since(node.sinceMs, nowMs)}`, tone },
    ...(failure ? [{ text: failure.message, tone: "bad" } as const] : []),
    ...(failure?.hint === undefined ? [] : [{ text: failure.hint } as const]),
    { name: "address", value: spec.address },
    { name: "labels", value: labels.join(" ") || "none" },
    { name: "system", value: system(node) || "-" },
    { name: "kernel", value: facts.kernel ?? "-" },
    { name: "docker", value: facts.dockerVersion ?? "-" },
    { name: "containers", value: runs(node) },
    { heading: "uses" },
    { name: "cpu", value: `${percent(cpuShare(node))} of ${facts.cpus ?? 1}, load ${facts.load1?.toFixed(2) ?? "-"}` },
    { name: "memory", value: amount(memoryPercent(node), facts.memoryTotalBytes) },
    {
      name: "disk",
      value: amount(
        diskPercent(node),
        facts.diskUsedBytes == null ? null : facts.diskUsedBytes + (facts.diskAvailableBytes ?? 0),
      ),
    },
    ...(use?.networkRxBytesPerSecond == null || use.networkTxBytesPerSecond === null
      ? []
      : [
          {
            name: "network",
            value: `↓ ${bytes(use.networkRxBytesPerSecond)}/s  ↑ ${bytes(use.networkTxBytesPerSecond)}/s`,
          },
        ]),
    ...(use?.temperatureCelsius == null ? [] : [{ name: "heat", value: `${Math.round(use.temperatureCelsius)} °C` }]),
    { heading: "seen" },
    { name: "seen", value: node.seenAtMs === null ? "never" : `${since(node.seenAtMs, nowMs)} ago` },
  ];
}

function amount(part: number | null, total: number | null | undefined): string {
  return part === null || total == null ? "-" : `${percent(part)} of ${bytes(total)}`;
}

function containersOf({ node }: NodeLine): readonly Fact[] {
  const facts = [...node.containers.values()].map((row): Fact => {
    const [sign, tone] = containerSign(row);
    return { name: row.container, value: `${sign} ${containerState(row)}`, tone };
  });
  return facts.length > 0 ? facts : [{ text: "The layout places nothing here." }];
}
