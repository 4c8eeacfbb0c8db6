import type { Config } from "../../domain/config/types.ts";
import { sharesOf } from "../../domain/container/shares.ts";
import { compare, type ContainerStatus, type NodeState } from "../../domain/container/status.ts";
import { imageOf } from "../../domain/container/drift/wanted.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { LiveUse } from "../happening.ts";
import type { LiveContainer, LiveNode, Model } from "../model.ts";

/** The node with its containers compared anew with what is wanted, as far as it told what it has. */
export function rowsOf(model: Model, node: LiveNode, atMs: number): LiveNode {
  const found = tells(node) ? node.docker.found : null;
  const facts = found && byId(found);
  const rows = compareOn(model, node.node, { found, atMs }).map((status) =>
    facts ? toldRow(status, node, { facts, atMs }) : untoldRow(status, node.containers.get(status.container)),
  );
  const strays = found ? [] : [...node.containers.values()].filter(({ wanted }) => !wanted).map(untold);
  return { ...node, containers: new Map([...rows, ...strays].map((row) => [row.container, row])) };
}

/** The same, where only these containers have changed: the other rows stay the objects that they are. */
export function changedRows(model: Model, node: LiveNode, changed: ReadonlySet<string>, atMs: number): LiveNode {
  const { found } = node.docker;
  if (!found || !tells(node)) return node;
  const dependent = sharersOf(model.config.config)(node.node, changed);
  const names = new Set([...changed, ...dependent]);
  const containers = new Map(node.containers);
  const gone = new Set(changed);
  const facts = byId(found);
  for (const status of compareOn(model, node.node, { found, atMs, names })) {
    gone.delete(status.container);
    if (names.has(status.container)) containers.set(status.container, toldRow(status, node, { facts, atMs }));
  }
  for (const name of gone) containers.delete(name);
  return { ...node, containers };
}

/** Its rows say what is, and not what was. */
function tells({ state, docker }: LiveNode): boolean {
  return state === "answering" && docker.state === "answering";
}

function compareOn(
  { config: { config, wishes }, nodes, moves }: Model,
  node: string,
  {
    found,
    atMs,
    names,
  }: { readonly found: NodeState | null; readonly atMs: number; readonly names?: ReadonlySet<string> },
): readonly ContainerStatus[] {
  const others = [...nodes.values()].flatMap(({ node: name, docker }) =>
    name !== node && docker.found ? [[name, docker.found] as const] : [],
  );
  return compare({
    cluster: config.cluster,
    layout: config.placements,
    placements: config.placements.filter((each) => each.node === node && (names?.has(each.container) ?? true)),
    states: new Map(found ? [...others, [node, found]] : []),
    straysOn: new Set([node]),
    wish: (placement) =>
      wishes.get(`${placement.container}@${placement.node}`) ?? { digest: undefined, image: imageOf(placement) },
    nowMs: atMs,
    moves: moves.open,
  });
}

/** The containers of a node whose state depends on that of others there, by the config: they have something of theirs. */
type Sharers = (node: string, names: ReadonlySet<string>) => readonly string[];

const known = new WeakMap<Config, Sharers>();

/** Found out once per config, since it takes reading all arguments. */
function sharersOf(config: Config): Sharers {
  let sharers = known.get(config);
  if (!sharers) {
    const shares = config.placements.flatMap(({ container, node, args }) =>
      sharesOf(args).map(({ from }) => ({ container, node, from })),
    );
    sharers = (node, names) =>
      shares.filter((each) => each.node === node && names.has(each.from)).map(({ container }) => container);
    known.set(config, sharers);
  }
  return sharers;
}

function byId({ containers }: NodeState): ReadonlyMap<string, ContainerFacts> {
  return new Map(containers.map((facts) => [facts.id, facts]));
}

function toldRow(
  status: ContainerStatus,
  node: LiveNode,
  { facts, atMs }: { readonly facts: ReadonlyMap<string, ContainerFacts>; readonly atMs: number },
): LiveContainer {
  const { container, containerId, startedAtMs } = status;
  const before = node.containers.get(container);
  const same = before?.containerId === containerId && startedAtMs !== null ? before : undefined;
  return {
    ...status,
    key: `${container}@${status.node}`,
    last: null,
    uptimeMs: startedAtMs === null ? null : Math.max(0, atMs - startedAtMs),
    ports: (containerId === null ? undefined : facts.get(containerId)?.ports) ?? [],
    ...(same ? useOf(same) : noUse),
    seenAtMs: atMs,
  };
}

/** Of what nobody can say how it is: with what was known, and since when nobody knows more. */
function untoldRow(status: ContainerStatus, before: LiveContainer | undefined): LiveContainer {
  if (before?.wanted) return untold(before);
  const key = `${status.container}@${status.node}`;
  return { ...status, key, last: null, uptimeMs: null, ports: [], ...noUse, seenAtMs: null };
}

function untold(row: LiveContainer): LiveContainer {
  if (row.state === "unknown") return row;
  const { state, detail } = row;
  return { ...row, state: "unknown", detail: "the node could not be asked", last: { state, detail } };
}

type Use = LiveUse & Pick<LiveContainer, "useAtMs">;

const noUse: Use = {
  cpuPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  networkRxBytesPerSecond: null,
  networkTxBytesPerSecond: null,
  useAtMs: null,
};

function useOf(row: LiveContainer): Use {
  const { cpuPercent, memoryBytes, memoryLimitBytes, networkRxBytesPerSecond, networkTxBytesPerSecond, useAtMs } = row;
  return { cpuPercent, memoryBytes, memoryLimitBytes, networkRxBytesPerSecond, networkTxBytesPerSecond, useAtMs };
}
