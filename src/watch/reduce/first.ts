import type { NodeSpec, VipSection } from "../../domain/config/types.ts";
import type { LiveConfig, LiveHeartbeat, LiveNode, LiveVip, Model } from "../model.ts";
import { checksOf } from "./heartbeat.ts";
import { rowsOf } from "./rows.ts";

/** What is known before anybody has looked: what the config says. */
export function firstModel(live: Pick<LiveConfig, "config" | "path" | "wishes">, atMs: number): Model {
  const { config } = live;
  const model: Model = {
    cluster: config.cluster,
    config: { ...live, problems: [], failure: null, seenAtMs: null },
    nodes: new Map(config.nodes.map((spec) => [spec.name, newNode(spec, atMs)])),
    vips: new Map(config.vips.map((section) => [section.ip, newVip(section)])),
    daemon: { row: null, failures: [], seenAtMs: null },
    heartbeat: { ...noHeartbeat, checks: checksOf(config, { memory: null, daemon: null }) },
    moves: { open: [], failure: null, seenAtMs: null },
    jobs: [],
    events: [],
  };
  return { ...model, nodes: new Map([...model.nodes].map(([name, node]) => [name, rowsOf(model, node, atMs)])) };
}

const noHeartbeat: LiveHeartbeat = {
  checks: [],
  failovers: [],
  isolatedSinceMs: null,
  lastRoundAtMs: null,
  seenAtMs: null,
};

export function newNode(spec: NodeSpec, atMs: number): LiveNode {
  const { name, address, cordoned } = spec;
  return {
    node: name,
    spec,
    state: "connecting",
    sinceMs: atMs,
    failure: null,
    seenAtMs: null,
    facts: {
      node: name,
      address,
      reachable: false,
      cordoned,
      dockerVersion: null,
      containersRunning: null,
      containers: null,
      vip: null,
    },
    use: null,
    docker: { state: "connecting", failure: null, seenAtMs: null, hears: false, info: null, found: null },
    containers: new Map(),
    images: [],
  };
}

export function newVip({ ip, name, mode, leaseMs }: VipSection): LiveVip {
  return {
    vip: ip,
    name,
    node: null,
    mode,
    leaseMs: mode === "lease" ? leaseMs : null,
    since: null,
    released: false,
    daemonPid: null,
    candidates: [],
    holders: [],
    leaseSecondsLeft: null,
    failures: [],
    seenAtMs: null,
  };
}
