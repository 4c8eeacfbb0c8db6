import { streamsOf } from "../elastic/streams.ts";
import { type LensColumn, type LensPanel, panelOf } from "./lens.ts";

export interface SavedFor {
  readonly dataset: string;
  readonly cluster: string;
}

/** Ids that say what they are: an import replaces them, and links name them. */
export function savedIds({ dataset, cluster }: SavedFor) {
  const id = (what: string): string => `pictl-${dataset}-${cluster}-${what}`;
  return {
    events: id("events"),
    nodes: id("nodes"),
    containers: id("containers"),
    cluster: id("dashboard-cluster"),
    happened: id("dashboard-events"),
  };
}

/** Two dashboards with their data views, one saved object a line, as Kibana imports them. */
export function savedObjects(place: SavedFor): string {
  const objects = [...dataViews(place), clusterDashboard(place), happenedDashboard(place)];
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

function dataViews(place: SavedFor): readonly object[] {
  const [ids, streams] = [savedIds(place), streamsOf(place)];
  const view = (id: string, title: string, name: string): object => ({
    type: "index-pattern",
    id,
    attributes: { title, name: `${name} (${place.cluster})`, timeFieldName: "@timestamp" },
    references: [],
  });
  return [
    view(ids.events, streams.events, "pictl events"),
    view(ids.nodes, streams.nodes, "pictl nodes"),
    view(ids.containers, streams.containers, "pictl containers"),
  ];
}

const time: LensColumn = { label: "Time", operationType: "date_histogram", field: "@timestamp" };
const count: LensColumn = { label: "Events", operationType: "count" };
const node: LensColumn = { label: "Node", operationType: "terms", field: "host.name" };
const container: LensColumn = { label: "Container", operationType: "terms", field: "container.name" };
const action: LensColumn = { label: "What", operationType: "terms", field: "event.action" };
const measure =
  (operationType: "average" | "max") =>
  (label: string, field: string, format?: LensColumn["format"]): LensColumn => ({
    label,
    operationType,
    field,
    ...(format === undefined ? {} : { format }),
  });
const average = measure("average");
const most = measure("max");

/** The numbers of nodes and containers over time. */
function clusterDashboard(place: SavedFor): object {
  const ids = savedIds(place);
  const [left, right] = [0, 24];
  const at = (x: number, row: number) => ({ x, y: row * 12, w: 24, h: 12 });
  const lines = (
    title: string,
    view: string,
    split: LensColumn,
    value: LensColumn,
    where: LensPanel["at"],
  ): LensPanel => {
    return { title, type: "line", view, rows: time, split, values: [value], at: where };
  };
  return dashboard(ids.cluster, `pictl: ${place.cluster}`, "What nodes and containers use, and what runs.", [
    // The six of PiCluster first.
    lines("Processors of nodes", ids.nodes, node, average("Used", "host.cpu.usage", "percent"), at(left, 0)),
    lines("Memory of nodes", ids.nodes, node, average("Used", "system.memory.used.pct", "percent"), at(right, 0)),
    lines("Disk of nodes", ids.nodes, node, average("Used", "system.filesystem.used.pct", "percent"), at(left, 1)),
    lines("Running containers", ids.nodes, node, most("Running", "pictl.node.containers.running"), at(right, 1)),
    lines(
      "Received, since power on",
      ids.nodes,
      node,
      most("Received", "host.network.ingress.bytes", "bytes"),
      at(left, 2),
    ),
    lines("Sent, since power on", ids.nodes, node, most("Sent", "host.network.egress.bytes", "bytes"), at(right, 2)),
    lines(
      "Processors of containers",
      ids.containers,
      container,
      average("Used", "container.cpu.usage", "percent"),
      at(left, 3),
    ),
    lines(
      "Memory of containers",
      ids.containers,
      container,
      average("Used", "pictl.container.memory_bytes", "bytes"),
      at(right, 3),
    ),
  ]);
}

/** Events: what, where, what failed, what moved and for how long nothing served, who had a virtual IP. */
function happenedDashboard(place: SavedFor): object {
  const ids = savedIds(place);
  const view = ids.events;
  return dashboard(
    ids.happened,
    `pictl: what happened in ${place.cluster}`,
    "Events, failures, moves and virtual IPs.",
    [
      {
        title: "Events by action",
        type: "bar_stacked",
        view,
        rows: time,
        split: action,
        values: [count],
        at: { x: 0, y: 0, w: 48, h: 12 },
      },
      {
        title: "Failures",
        type: "bar_stacked",
        view,
        query: "event.outcome : failure",
        rows: time,
        split: action,
        values: [count],
        at: { x: 0, y: 12, w: 24, h: 12 },
      },
      {
        title: "Failing checks",
        type: "bar_stacked",
        view,
        query: "event.action : heartbeat.failed",
        rows: time,
        split: container,
        values: [count],
        at: { x: 24, y: 12, w: 24, h: 12 },
      },
      {
        title: "Moves and failovers",
        type: "table",
        view,
        query: "event.action : (container.moved or container.failed-over)",
        rows: container,
        split: { ...node, label: "To" },
        values: [
          { label: "Times", operationType: "count" },
          { label: "Longest (ns)", operationType: "max", field: "event.duration" },
        ],
        at: { x: 0, y: 24, w: 24, h: 12 },
      },
      {
        title: "Holders of virtual IPs",
        type: "table",
        view,
        query: "event.action : vip.moved",
        rows: { label: "Virtual IP", operationType: "terms", field: "pictl.vip" },
        split: { ...node, label: "Holder" },
        values: [{ label: "Times", operationType: "count" }],
        at: { x: 24, y: 24, w: 24, h: 12 },
      },
      {
        title: "Who did what",
        type: "table",
        view,
        rows: { label: "Who", operationType: "terms", field: "pictl.who" },
        split: action,
        values: [count],
        at: { x: 0, y: 36, w: 48, h: 12 },
      },
    ],
  );
}

function dashboard(id: string, title: string, description: string, panels: readonly LensPanel[]): object {
  const made = panels.map(panelOf);
  return {
    type: "dashboard",
    id,
    attributes: {
      title,
      description,
      panelsJSON: JSON.stringify(made.map(({ panel }) => panel)),
      optionsJSON: JSON.stringify({ useMargins: true, syncColors: true, hidePanelTitles: false }),
      timeRestore: false,
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: "", language: "kuery" }, filter: [] }),
      },
    },
    references: made.map(({ reference }) => reference),
    // Low, so that every Kibana 8 and 9 takes them and brings them up to date by itself.
    coreMigrationVersion: "8.8.0",
    typeMigrationVersion: "8.7.0",
  };
}
