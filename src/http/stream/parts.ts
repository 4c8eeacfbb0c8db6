import type { PictlEvent } from "../../domain/events/event.ts";
import { containersOf } from "../../watch/select.ts";
import type { LiveConfig, LiveMoves, LiveNode, Model } from "../../watch/model.ts";
import type { ConfigPart, MovesPart, NodePart, Parts } from "./messages.ts";

/**
 * What has changed between two models, or all of one: rows that are the same object are the same. What is secret in a
 * model (the wishes, what Docker told) has no place in it.
 */
export function partsOf(before: Model | undefined, after: Model): Parts {
  const has = (key: keyof Model): boolean => before?.[key] !== after[key];
  return {
    ...(has("cluster") ? { cluster: after.cluster } : {}),
    ...(has("config") ? { config: configPart(after.config) } : {}),
    ...(has("nodes") ? { ...nodeParts(before, after), ...containerParts(before, after) } : {}),
    ...(has("vips") ? { vips: [...after.vips.values()] } : {}),
    ...(has("daemon") ? { daemon: after.daemon } : {}),
    ...(has("heartbeat") ? { heartbeat: after.heartbeat } : {}),
    ...(has("moves") ? { moves: movesPart(after.moves) } : {}),
    ...(has("jobs") ? { jobs: after.jobs } : {}),
    ...(has("events") ? { events: newEvents(before, after) } : {}),
  };
}

function nodeParts(before: Model | undefined, after: Model): Pick<Parts, "nodes" | "nodeOrder"> {
  const rows = changed(before?.nodes ?? new Map<string, LiveNode>(), after.nodes, nodePart);
  const order = [...after.nodes.keys()];
  return {
    ...(rows ? { nodes: rows } : {}),
    ...(before && sameOrder([...before.nodes.keys()], order) ? {} : { nodeOrder: order }),
  };
}

function containerParts(before: Model | undefined, after: Model): Pick<Parts, "containers" | "containerOrder"> {
  const [old, now] = [before ? containersOf(before) : [], containersOf(after)];
  const byKey = (rows: typeof now): ReadonlyMap<string, (typeof now)[number]> =>
    new Map(rows.map((row) => [row.key, row]));
  const rows = changed(byKey(old), byKey(now), (row) => row);
  const order = now.map(({ key }) => key);
  const same =
    before &&
    sameOrder(
      old.map(({ key }) => key),
      order,
    );
  return { ...(rows ? { containers: rows } : {}), ...(same ? {} : { containerOrder: order }) };
}

/** The rows that are others than before, null for those that are gone; undefined when there are none. */
function changed<Row, Shown>(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
  show: (row: Row) => Shown,
): Readonly<Record<string, Shown | null>> | undefined {
  const rows: [string, Shown | null][] = [];
  for (const [key, row] of after) if (before.get(key) !== row) rows.push([key, show(row)]);
  for (const key of before.keys()) if (!after.has(key)) rows.push([key, null]);
  return rows.length === 0 ? undefined : Object.fromEntries(rows);
}

function sameOrder(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((key, index) => key === after[index]);
}

function nodePart({ node, state, sinceMs, failure, seenAtMs, use, facts, spec, docker, images }: LiveNode): NodePart {
  return {
    node,
    state,
    sinceMs,
    failure,
    seenAtMs,
    use,
    facts,
    address: spec.address,
    labels: spec.labels,
    docker: { state: docker.state, failure: docker.failure, seenAtMs: docker.seenAtMs, hears: docker.hears },
    images,
  };
}

function configPart({ config, path, problems, failure, seenAtMs }: LiveConfig): ConfigPart {
  const { automatic, intervalMs, failoverAfter } = config.heartbeat;
  return {
    path,
    problems,
    failure,
    seenAtMs,
    heartbeat: { automatic, intervalMs, failoverAfter },
    commands: config.commandlist.map(({ label }) => label),
    // A password in it is nobody's business here.
    kibana: config.kibana === undefined ? null : config.kibana.replace(/\/\/[^/@]*@/, "//"),
    hosts: Object.fromEntries(config.constraints.map(({ container, hosts }) => [container, hosts])),
  };
}

function movesPart({ open, failure }: LiveMoves): MovesPart {
  return {
    open: open.map(({ container, from, to, step, startedAt, who }) => ({ container, from, to, step, startedAt, who })),
    failure,
  };
}

function newEvents(before: Model | undefined, after: Model): readonly PictlEvent[] {
  const last = before?.events.at(-1);
  return after.events.slice(last === undefined ? 0 : after.events.lastIndexOf(last) + 1);
}
