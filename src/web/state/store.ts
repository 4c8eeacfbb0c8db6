import { computed, signal } from "@preact/signals";
import type { ConfigPart, MovesPart, NodePart, Parts } from "../../http/stream/messages.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import type { LiveContainer, LiveDaemon, LiveHeartbeat, LiveJob, LiveVip } from "../../watch/model.ts";

/** The cluster as the stream has told it. */
export const loaded = signal(false);
export const clusterName = signal("");
export const config = signal<ConfigPart | undefined>(undefined);
export const nodes = signal<readonly NodePart[]>([]);
export const containers = signal<readonly LiveContainer[]>([]);
export const vips = signal<readonly LiveVip[]>([]);
export const daemon = signal<LiveDaemon | undefined>(undefined);
export const heartbeat = signal<LiveHeartbeat | undefined>(undefined);
export const moves = signal<MovesPart>({ open: [], failure: null });
export const jobs = signal<readonly LiveJob[]>([]);
export const events = signal<readonly PictlEvent[]>([]);

const keptEvents = 500;
let nodeOrder: readonly string[] = [];
let containerOrder: readonly string[] = [];
let nodeRows = new Map<string, NodePart>();
let containerRows = new Map<string, LiveContainer>();

/** What is not as wanted, the worst first. */
export const wrong = computed(() => containers.value.filter(isWrong).sort((a, b) => rank(a) - rank(b)));

export function isWrong({ state, wanted, stopped }: LiveContainer): boolean {
  return state !== "running" && state !== "done" && !(state === "stopped" && wanted && stopped !== null);
}

function rank({ state }: LiveContainer): number {
  return ["missing", "restarting", "unhealthy", "stopped", "foreign", "unknown", "changed", "stray"].indexOf(state);
}

/** Takes what the stream has told; `first`: it is all of it. */
export function take(parts: Parts, first: boolean): void {
  if (first) {
    nodeRows = new Map();
    containerRows = new Map();
    events.value = [];
  }
  if (parts.cluster !== undefined) clusterName.value = parts.cluster;
  if (parts.config) config.value = parts.config;
  nodeOrder = parts.nodeOrder ?? nodeOrder;
  containerOrder = parts.containerOrder ?? containerOrder;
  if (merge(nodeRows, parts.nodes) || parts.nodeOrder) nodes.value = inOrder(nodeRows, nodeOrder);
  if (merge(containerRows, parts.containers) || parts.containerOrder) {
    containers.value = inOrder(containerRows, containerOrder);
  }
  if (parts.vips) vips.value = parts.vips;
  if (parts.daemon) daemon.value = parts.daemon;
  if (parts.heartbeat) heartbeat.value = parts.heartbeat;
  if (parts.moves) moves.value = parts.moves;
  if (parts.jobs) jobs.value = parts.jobs;
  if (parts.events) events.value = [...events.value, ...parts.events].slice(-keptEvents);
  loaded.value = true;
}

function merge<Row>(rows: Map<string, Row>, changes: Readonly<Record<string, Row | null>> | undefined): boolean {
  if (!changes) return false;
  for (const [key, row] of Object.entries(changes)) {
    if (row === null) rows.delete(key);
    else rows.set(key, row);
  }
  return true;
}

function inOrder<Row>(rows: ReadonlyMap<string, Row>, order: readonly string[]): readonly Row[] {
  return order.flatMap((key) => {
    const row = rows.get(key);
    return row ? [row] : [];
  });
}
