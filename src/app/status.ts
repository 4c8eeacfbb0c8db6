import type { Config, NodeSpec, Placement } from "../domain/config/types.ts";
import { howToSettleCopies } from "../domain/container/copies/how-to-settle.ts";
import { noGenerations } from "../domain/container/copies/generations.ts";
import { nextOf, retiredFrom } from "../domain/place/names.ts";
import { compare, type ContainerStatus, isAsWanted, type NodeState } from "../domain/container/status.ts";
import {
  type CgroupRates,
  countersCommand,
  parseCounters,
  ratesBetween,
} from "../domain/docker/engine/cgroup-counters.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { imageOf } from "../domain/container/drift/wanted.ts";
import { readEnvironments, wishOf } from "./place/prepare/environment.ts";
import { type MoveRecord, moveInHand } from "../domain/move/journal.ts";
import { observer } from "./kit/observe/observer.ts";
import { noSuchStray } from "../domain/select.ts";
import { fanOut } from "./kit/fan-out.ts";
import { lookBehind } from "./node/left-behind.ts";
import { looking, lookWithin } from "./kit/observe/looking.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";
import { quote } from "../domain/shell.ts";

/** What a container uses, and what else goes on by itself: that it is another number is no change, and told to nobody. */
export interface PassingStatus {
  readonly uptimeMs: number | null;
  /** 100 is one processor fully used. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

export interface StatusRow extends ContainerStatus, PassingStatus {}

/**
 * Wanted against actual for the placements chosen, for the strays on their nodes, and for nodes that have left the config. Whatever is not as wanted is
 * a failure too, so that the exit code says so.
 */
export async function containerStatus(
  ports: Ports,
  input: {
    readonly config: Config;
    readonly placements: readonly Placement[];
    /** Nodes whose strays are looked for. */
    readonly nodes: readonly NodeSpec[];
    /** The containers that are asked for: every copy of them, and no other strays. Undefined for all. */
    readonly names?: readonly string[] | undefined;
    /** Told once what is known of the nodes that have answered, while others let one wait. */
    readonly onEarly?: ((result: { containers: readonly StatusRow[] }) => void) | undefined;
  },
): Promise<Report<{ containers: readonly StatusRow[] }>> {
  const { config, names } = input;
  const placements = input.placements.filter(({ stray }) => stray !== true);
  const concerned = new Set(
    [...input.placements, ...(names ? [] : input.nodes.map(({ name: node }) => ({ node })))].map(({ node }) => node),
  );
  const local = lookHere(ports, placements);
  const rowsFrom = ({ moves, wishes }: Here, states: ReadonlyMap<string, NodeState>): readonly ContainerStatus[] =>
    compare({
      cluster: config.cluster,
      layout: config.placements,
      placements,
      states,
      wish: (placement) => wishes.get(placement) ?? { digest: undefined, image: imageOf(placement) },
      nowMs: ports.clock.now(),
      moves,
    }).filter(
      (row) =>
        row.wanted || (input.nodes.some((node) => node.name === row.node) && (names?.includes(row.copyOf) ?? true)),
    );
  const { onEarly } = input;
  const tellEarly = async (results: readonly Look[]): Promise<void> => {
    const here = await local;
    const known = statesOf(results);
    const rows = rowsFrom(here, known).filter(({ node }) => known.has(node));
    onEarly?.({ containers: rows.map((row) => withUse(row, results, ports.clock.now())) });
  };
  const [here, generations = noGenerations, looks, elsewhere] = await Promise.all([
    local,
    ports.generations.read(),
    fanOut(
      ports,
      config.nodes.filter((node) => concerned.has(node.name)),
      {
        place: (node) => ({ node: node.name }),
        work: (node) => lookAt(ports, node),
        early: onEarly && { clock: ports.clock, tell: (results) => void tellEarly(results).catch(() => undefined) },
      },
    ),
    lookElsewhere(
      ports,
      config,
      input.nodes.filter((node) => !concerned.has(node.name)),
    ),
  ]);
  const states = new Map([...statesOf(looks.results), ...elsewhere]);
  const found = new Map([...states].map(([node, { containers }]) => [node, containers]));
  // Who asks for a few containers or nodes asks for no others.
  const all = names === undefined && input.nodes.length === config.nodes.length;
  const behind = all ? await lookBehind(ports, { config, found }) : [];
  const { moves, failures, environments } = here;
  const rows = rowsFrom(here, states);
  const absent = input.placements.filter(
    ({ stray, container, node }) =>
      stray === true && states.has(node) && !rows.some((row) => row.container === container && row.node === node),
  );
  const isMissing = (row: ContainerStatus): boolean => row.wanted && row.state === "missing";
  // Told once for all of them, where one by one would hide the rest.
  const makeThem =
    rows.filter(isMissing).length > 3
      ? "`pictl create` makes all that is missing; `pictl plan` shows it first."
      : undefined;
  const settling = (row: ContainerStatus): string | undefined =>
    howToSettleCopies(config, row, { states, generations }) ?? (isMissing(row) ? makeThem : undefined);
  return {
    result: { containers: rows.map((row) => withUse(row, looks.results, ports.clock.now())) },
    failures: [
      ...failures,
      ...environments.failures,
      ...looks.failures,
      ...absent.map((each) => toFailure(noSuchStray(config, each))),
      ...rows.flatMap((row) => differences(row, moveInHand(moves, row), settling(row))),
      ...behind,
    ],
  };
}

/** What nodes have that nobody asked for, as far as they answer soon. */
async function lookElsewhere(
  ports: Ports,
  config: Config,
  nodes: readonly NodeSpec[],
): Promise<readonly (readonly [string, NodeState])[]> {
  const observe = observer(ports, config);
  const found = await Promise.all(
    nodes.map(async ({ name }) => {
      const containers = await observe.soon(name);
      if (containers) return [[name, { containers, images: [], marks: [] }] as const];
      ports.progress.warn(`${name} does not answer, so that a copy which runs there would not be seen.`);
      return [];
    }),
  );
  return found.flat();
}

/** What this machine knows of what is wanted. */
interface Here {
  readonly moves: readonly MoveRecord[];
  readonly failures: readonly Failure[];
  readonly environments: Awaited<ReturnType<typeof readEnvironments>>;
  readonly wishes: ReadonlyMap<Placement, Awaited<ReturnType<typeof wishOf>>>;
}

async function lookHere(ports: Ports, placements: readonly Placement[]): Promise<Here> {
  const { moves, failures } = await openMoves(ports);
  const environments = await readEnvironments(ports, placements);
  const wishes = new Map(
    await Promise.all(
      placements.map(async (each) => [each, await wishOf(ports, each, environments.of(each))] as const),
    ),
  );
  return { moves, failures, environments, wishes };
}

function statesOf(looks: readonly Look[]): ReadonlyMap<string, NodeState> {
  return new Map(looks.map(({ node, state }) => [node, state]));
}

/** A record that cannot be read hides nothing else. */
async function openMoves(
  ports: Ports,
): Promise<{ readonly moves: readonly MoveRecord[]; readonly failures: readonly Failure[] }> {
  try {
    return { moves: await ports.journal.read(), failures: [] };
  } catch (error) {
    return { moves: [], failures: [toFailure(error)] };
  }
}

interface Look {
  readonly node: string;
  readonly state: NodeState;
  readonly use: ReadonlyMap<string, CgroupRates>;
}

function lookAt(ports: Ports, node: NodeSpec): Promise<Look> {
  return looking(ports, node.name, () =>
    lookWithin(ports, node.name, async (signal) => {
      // All at once: none of them needs to know what the others say.
      const using = useOf(ports, node, signal);
      const engine = await ports.engines.on(node, signal);
      const [containers, images, marks, use] = await Promise.all([
        engine.containers(),
        engine.images(),
        engine.stopMarks(),
        using,
      ]);
      return { node: node.name, state: { containers, images, marks }, use };
    }),
  );
}

/** A node that does not tell has its containers shown without. Never rejects. */
async function useOf(ports: Ports, node: NodeSpec, signal: AbortSignal): Promise<ReadonlyMap<string, CgroupRates>> {
  try {
    const connection = await ports.nodes.connect(node, signal);
    const command = countersCommand("all", 2, { traffic: false });
    const outcome = await connection.run(command, {
      timeoutMs: useTimeoutMs,
      maxOutputBytes: useBytes,
      signal,
      asksDockerHost: true,
    });
    const looks = parseCounters(outcome.stdout);
    const last = looks.at(-1);
    return last ? ratesBetween(looks.at(-2), last) : new Map();
  } catch {
    return new Map();
  }
}

const useTimeoutMs = 5000;
/** About 1200 bytes a container. */
const useBytes = 8 << 20;

function withUse(row: ContainerStatus, looks: readonly Look[], nowMs: number): StatusRow {
  const use =
    row.containerId === null ? undefined : looks.find((look) => look.node === row.node)?.use.get(row.containerId);
  return {
    ...row,
    uptimeMs: row.startedAtMs === null ? null : Math.max(0, nowMs - row.startedAtMs),
    cpuPercent: use?.cpuPercent ?? null,
    memoryBytes: use?.memoryBytes ?? null,
  };
}

const remedies: Partial<Record<ContainerStatus["state"], (row: ContainerStatus) => string>> = {
  stopped: (row) => stoppedRemedies[row.detail]?.(row) ?? startIt(row),
  missing: (row) => `Make it with \`pictl create ${row.container}\`.`,
  changed: (row) => `Bring it up to date with \`pictl create ${row.container} --recreate\`.`,
  restarting: ({ container }) =>
    `\`pictl logs ${container}\` shows why it ends again and again; then \`pictl create ${container} --recreate\`.`,
  unhealthy: (row) => `Look at \`pictl logs ${row.container}\`, then \`pictl restart ${row.container}\`.`,
  foreign: (row) => `Rename or remove it on the node (\`docker rename ${quote(row.container)} OTHER\`).`,
  stray: (row) =>
    cutOff(retiredFrom(row.container) ?? nextOf(row.container)) ??
    `If this config is the newest one, nothing needs it: \`pictl delete ${quote(`${row.container}@${row.node}`)}\` removes it, and leaves its volumes. Otherwise add it to the layout.`,
};

/** Of the old copy of a container, which may be its only one. */
function cutOff(container: string | undefined): string | undefined {
  return (
    container &&
    `A move or a replacement of ${container} goes on, or was cut off: then \`pictl create ${quote(container)}\` finishes or ` +
      "undoes it."
  );
}

/** Of what has not ended. */
const stoppedRemedies: Readonly<Record<string, (row: ContainerStatus) => string>> = {
  paused: ({ container }) => `Let it go on with \`pictl start ${container}\`.`,
  "being removed by Docker": ({ container, node }) =>
    `When it is gone, \`pictl create ${container}\` makes it; if it stays, restart Docker on ${node}.`,
  "half removed by Docker": ({ container }) => `Make it anew with \`pictl create ${container} --recreate\`.`,
};

function settleIt({ container, who, startedAt }: MoveRecord): string {
  return `${who} began the move at ${startedAt}. If it was cut off, \`pictl start ${container}\` finishes or undoes it.`;
}

function startIt({ container }: ContainerStatus): string {
  return `Start it with \`pictl start ${container}\`; \`pictl logs ${container}\` may say why it stopped.`;
}

function howItIs({ state, detail }: ContainerStatus): string {
  if (state === "stopped" && detail in stoppedRemedies) return detail;
  return detail === "" ? state : `${state} (${detail})`;
}

/** A node that did not answer is a failure of its own; its containers are not told again. */
function differences(
  row: ContainerStatus,
  move: MoveRecord | undefined,
  settling: string | undefined,
): readonly Failure[] {
  if (isAsWanted(row) || row.state === "unknown") return [];
  const hint = move ? settleIt(move) : (settling ?? remedies[row.state]?.(row) ?? startedByHand(row));
  return [
    toFailure(
      new PictlError("not-as-wanted", `The container is ${howItIs(row)}.`, {
        node: row.node,
        container: row.container,
        hint,
      }),
    ),
  ];
}

/** Of what runs although somebody has stopped it. */
function startedByHand({ container }: ContainerStatus): string {
  return `\`pictl start ${container}\` says that it is to run, \`pictl stop ${container}\` stops it again.`;
}
