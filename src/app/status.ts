import type { Config, NodeSpec, Placement } from "../domain/config/types.ts";
import { nextOf, retiredFrom } from "../domain/place/names.ts";
import { compare, type ContainerStatus, type NodeState } from "../domain/container/status.ts";
import { type CgroupUse, cgroupCommand, parseCgroupUse } from "../domain/docker/cgroup-use.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { readEnvironments, wantedDigest } from "./environment.ts";
import { type MoveRecord, moveInHand } from "../domain/move/journal.ts";
import { fanOut } from "./fan-out.ts";
import { looking, lookWithin } from "./looking.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./report.ts";
import { quote } from "../domain/shell.ts";

export interface StatusRow extends ContainerStatus {
  readonly uptimeMs: number | null;
  /** 100 is one processor fully used. */
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
}

/**
 * Wanted against actual for the placements chosen, and for the strays on their nodes. Whatever is not as wanted is
 * a failure too, so that the exit code says so.
 */
export async function containerStatus(
  ports: Ports,
  input: {
    readonly config: Config;
    readonly placements: readonly Placement[];
    /** Nodes whose strays are looked for. */
    readonly nodes: readonly NodeSpec[];
  },
): Promise<Report<{ containers: readonly StatusRow[] }>> {
  const { config, placements } = input;
  const names = new Set([...placements.map((each) => each.node), ...input.nodes.map((each) => each.name)]);
  const looks = await fanOut(
    ports,
    config.nodes.filter((node) => names.has(node.name)),
    { place: (node) => ({ node: node.name }), work: (node) => lookAt(ports, node) },
  );
  const { moves, failures } = await openMoves(ports);
  const environments = await readEnvironments(ports, placements);
  const rows = compare({
    cluster: config.cluster,
    placements,
    states: new Map(looks.results.filter((look) => names.has(look.node)).map((look) => [look.node, look.state])),
    digest: (placement) => {
      const fromFile = environments.of(placement);
      return fromFile && wantedDigest(placement, fromFile);
    },
    moves,
  }).filter((row) => row.wanted || input.nodes.some((node) => node.name === row.node));
  return {
    result: { containers: rows.map((row) => withUse(row, looks.results, ports.clock.now())) },
    failures: [
      ...failures,
      ...environments.failures,
      ...looks.failures,
      ...rows.flatMap((row) => differences(row, moveInHand(moves, row))),
    ],
  };
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
  readonly use: ReadonlyMap<string, CgroupUse>;
}

function lookAt(ports: Ports, node: NodeSpec): Promise<Look> {
  return looking(ports, node.name, () =>
    lookWithin(ports, node.name, async (signal) => {
      // All at once: none of them needs to know what the others say.
      const using = useOf(ports, node, signal);
      const engine = await ports.engines.on(node, signal);
      const [containers, images, use] = await Promise.all([engine.containers(), engine.images(), using]);
      return { node: node.name, state: { containers, images }, use };
    }),
  );
}

/** A node that does not tell has its containers shown without. Never rejects. */
async function useOf(ports: Ports, node: NodeSpec, signal: AbortSignal): Promise<ReadonlyMap<string, CgroupUse>> {
  try {
    const connection = await ports.nodes.connect(node, signal);
    const outcome = await connection.run(cgroupCommand, { timeoutMs: useTimeoutMs, maxOutputBytes: useBytes, signal });
    return parseCgroupUse(outcome.stdout);
  } catch {
    return new Map();
  }
}

const useTimeoutMs = 5000;
/** About 600 bytes a container. */
const useBytes = 4 << 20;

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
  unhealthy: (row) => `Look at \`pictl logs ${row.container}\`, then \`pictl restart ${row.container}\`.`,
  foreign: (row) => `Rename or remove it on the node (\`docker rename ${quote(row.container)} OTHER\`).`,
  stray: (row) =>
    cutOff(retiredFrom(row.container) ?? nextOf(row.container)) ??
    `Add it to the layout, or remove it on the node: \`pictl exec --node ${row.node} -- docker rm -f ${quote(row.container)}\`.`,
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
  restarting: ({ container }) =>
    `\`pictl logs ${container}\` shows why it ends again and again; then \`pictl create ${container} --recreate\`.`,
  paused: ({ container }) => `Let it go on with \`pictl start ${container}\`.`,
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
function differences(row: ContainerStatus, move: MoveRecord | undefined): readonly Failure[] {
  if (row.state === "running" || row.state === "unknown") return [];
  const hint = move ? settleIt(move) : remedies[row.state]?.(row);
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
