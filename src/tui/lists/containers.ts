import type { LiveContainer, LiveNode, Model } from "../../watch/model.ts";
import { bytes } from "../../view/text/units.ts";
import { containerEvents } from "./event-facts.ts";
import { type Fact, listView, type Row, type RowSight } from "./list.ts";
import { age, containerSign, containerState, isAmiss, percent, since } from "./words.ts";

export interface ContainerRow extends Row {
  readonly container: LiveContainer;
  readonly node: LiveNode;
}

/** What is down first, then what is only odd, then what nobody knows, then the rest. */
function rows(model: Model): readonly ContainerRow[] {
  const nodes = [...model.nodes.values()].map(rowsOn);
  return ranks.flatMap((_, rank) => nodes.flatMap((sorted) => sorted[rank] ?? []));
}

const ranks: readonly ((row: LiveContainer) => boolean)[] = [
  (row) => isAmiss(row) && containerSign(row)[1] === "bad",
  isAmiss,
  ({ state }) => state === "unknown",
  () => true,
];

const known = new WeakMap<LiveNode, readonly ContainerRow[][]>();

/** By rank; made once for a node as it is: of a hundred, one or two have changed. */
function rowsOn(node: LiveNode): readonly ContainerRow[][] {
  let sorted = known.get(node);
  if (sorted) return sorted;
  sorted = ranks.map(() => []);
  for (const container of node.containers.values()) {
    const { container: name, node: on, key } = container;
    const rank = ranks.findIndex((applies) => applies(container));
    sorted[rank]?.push({ id: key, subject: { kind: "container", container: name, node: on }, container, node });
  }
  known.set(node, sorted);
  return sorted;
}

export const containersList = listView<ContainerRow>({
  rows,
  text: ({ container }) =>
    `${container.key} ${container.image ?? ""} ${container.state} ${container.detail}`.toLowerCase(),
  faint: ({ container }) => container.state === "unknown",
  labels: ({ node }) => node.spec.labels,
  empty: () => "The layout has no container. `:container add` adds one.",
  columns: [
    {
      title: "",
      value: ({ container }) => containerSign(container)[0],
      tone: ({ container }) => containerSign(container)[1],
      min: 1,
      max: 1,
      rank: 0,
    },
    {
      title: "NAME",
      value: ({ container }) => container.container,
      min: 10,
      max: 28,
      rank: 0,
      sort: ({ container }) => container.container,
    },
    {
      title: "NODE",
      value: ({ container }) => container.node,
      min: 6,
      max: 16,
      rank: 0,
      sort: ({ container }) => container.node,
    },
    {
      title: "STATE",
      value: ({ container, node }) =>
        node.state === "connecting" && container.last === null && container.state === "unknown"
          ? "…"
          : containerState(container),
      tone: ({ container }) => containerSign(container)[1],
      min: 10,
      max: 16,
      rank: 0,
      sort: ({ container }) => container.state,
    },
    {
      title: "UP",
      value: ({ container }, { nowMs }) => since(container.startedAtMs, nowMs),
      align: "right",
      min: 6,
      max: 7,
      rank: 2,
      sort: ({ container }) => -(container.startedAtMs ?? Number.POSITIVE_INFINITY),
    },
    {
      title: "CPU",
      value: ({ container }) => percent(container.cpuPercent),
      align: "right",
      min: 6,
      max: 7,
      rank: 3,
      sort: ({ container }) => -(container.cpuPercent ?? -1),
    },
    {
      title: "MEMORY",
      value: ({ container }) => (container.memoryBytes === null ? "-" : bytes(container.memoryBytes)),
      align: "right",
      min: 8,
      max: 9,
      rank: 3,
      sort: ({ container }) => -(container.memoryBytes ?? -1),
    },
    {
      title: "RESTARTS",
      value: ({ container }) => (container.restarts ? String(container.restarts) : "-"),
      align: "right",
      min: 8,
      max: 8,
      rank: 5,
      sort: ({ container }) => -(container.restarts ?? -1),
    },
    {
      title: "PORTS",
      value: ({ container }) => ports(container),
      min: 8,
      max: 16,
      rank: 6,
    },
    {
      title: "WHY",
      value: (row, sight) => why(row, sight),
      tone: ({ container }, { nowMs }) => (age("container", container.seenAtMs, nowMs) ? "bad" : undefined),
      min: 10,
      max: 60,
      rank: 1,
      sort: ({ container }) => container.detail,
    },
  ],
  tabs: [
    { title: "Details", lines: details },
    { title: "Events", lines: ({ container }, sight) => containerEvents(container, sight) },
    { title: "Config", lines: config },
  ],
});

function why({ container, node }: ContainerRow, { nowMs }: RowSight): string {
  if (container.state === "unknown" && node.state !== "connecting") {
    return container.seenAtMs === null
      ? `${node.node} is ${node.state}`
      : `seen ${since(container.seenAtMs, nowMs)} ago`;
  }
  const old = age("container", container.seenAtMs, nowMs);
  if (old !== undefined) return `seen ${old} ago`;
  return container.detail === "" && container.health === "starting" ? "health: starting" : container.detail;
}

function ports({ ports: published }: LiveContainer): string {
  const shown = published.map((port) =>
    port.publicPort === port.privatePort ? `${port.publicPort}` : `${port.publicPort}→${port.privatePort}`,
  );
  return [...new Set(shown)].join(" ");
}

function details({ container, node }: ContainerRow, { nowMs }: RowSight): readonly Fact[] {
  const [, tone] = containerSign(container);
  return [
    { name: "state", value: containerState(container), tone },
    ...(container.detail === "" ? [] : [{ name: "why", value: container.detail, tone }]),
    {
      name: "wanted",
      value: container.stopped ? `stopped by ${container.stopped.by}` : container.wanted ? "running" : "no",
    },
    { name: "health", value: container.health ?? "no check of its own" },
    { name: "up", value: since(container.startedAtMs, nowMs) },
    { name: "restarts", value: container.restarts === null ? "-" : String(container.restarts) },
    { name: "node", value: `${node.node} (${node.spec.address})` },
    { name: "image", value: container.image ?? "-" },
    { name: "ports", value: ports(container) || "none" },
    { name: "id", value: container.containerId?.slice(0, 12) ?? "-" },
    { heading: "uses" },
    { name: "cpu", value: percent(container.cpuPercent) },
    { name: "memory", value: memory(container) },
    { name: "network", value: network(container) },
    { heading: "seen" },
    { name: "seen", value: container.seenAtMs === null ? "never" : `${since(container.seenAtMs, nowMs)} ago` },
  ];
}

function memory({ memoryBytes, memoryLimitBytes }: LiveContainer): string {
  if (memoryBytes === null) return "-";
  return memoryLimitBytes ? `${bytes(memoryBytes)} of ${bytes(memoryLimitBytes)}` : bytes(memoryBytes);
}

function network({ networkRxBytesPerSecond: received, networkTxBytesPerSecond: sent }: LiveContainer): string {
  return received === null || sent === null ? "-" : `↓ ${bytes(received)}/s  ↑ ${bytes(sent)}/s`;
}

function config({ container }: ContainerRow, { model }: RowSight): readonly Fact[] {
  const { config: wanted } = model.config;
  const placement = wanted.placements.find(
    (each) => each.container === container.container && each.node === container.node,
  );
  if (!placement) return [{ text: "The layout does not have it on this node.", tone: "warn" }];
  const hosts = wanted.constraints.find((row) => row.container === container.container)?.hosts;
  const checks = wanted.heartbeat.checks.filter(
    (each) => each.container === container.container && each.node === container.node,
  );
  return [
    { name: "arguments", value: placement.args.join(" ") || "none" },
    { name: "image", value: placement.image ?? `built from ${placement.build ?? "the node's own folder"}` },
    ...(placement.command ? [{ name: "command", value: placement.command.join(" ") }] : []),
    { name: "checks", value: checks.map(({ check }) => check.kind).join(", ") || "none" },
    { name: "failover", value: hosts ? `to ${hosts.join(", ")}` : "stays where it is" },
    ...(placement.after ? [{ name: "after", value: placement.after.join(", ") }] : []),
  ];
}
