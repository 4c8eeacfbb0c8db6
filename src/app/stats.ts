import type { Config, NodeSpec, Placement } from "../domain/config/types.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { nodeSampleCommand, parseNodeSample } from "../domain/node/usage.ts";
import { emptyRows, type StatsLook, type StatsRow, statsRows, type StatsScope } from "../domain/stats/rows.ts";
import { fanOut } from "./kit/fan-out.ts";
import { looking } from "./kit/observe/looking.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./kit/report.ts";
import { sampleContainers } from "./kit/observe/sample.ts";

export type StatsPorts = Pick<Ports, "nodes" | "engines" | "clock" | "signal" | "concurrency" | "progress">;

export interface StatsInput {
  readonly config: Config;
  readonly nodes: readonly NodeSpec[];
  readonly placements: readonly Placement[];
  /** Also our containers that are not in the layout. */
  readonly strays: boolean;
}

interface Looked {
  readonly node: string;
  readonly rows: readonly StatsRow[];
  readonly failures: readonly Failure[];
}

/** Between the two looks that a percentage and a rate need. */
const gapMs = 1000;

/** What every node and container uses now. A node that fails has a row without numbers, and a failure. */
export async function takeStats(
  ports: StatsPorts,
  input: StatsInput & {
    /** Told once what is known of the nodes that have answered, while others let one wait. */
    readonly onEarly?: ((result: { stats: readonly StatsRow[] }) => void) | undefined;
  },
): Promise<Report<{ stats: readonly StatsRow[] }>> {
  const { onEarly } = input;
  const { results, failures } = await fanOut(ports, input.nodes, {
    early: onEarly && {
      clock: ports.clock,
      tell: (looks: readonly Looked[]) => {
        onEarly({ stats: looks.flatMap(({ rows }) => rows) });
      },
    },
    place: (node) => ({ node: node.name }),
    work: (node) =>
      looking(ports, node.name, async (): Promise<Looked> => {
        const first = await lookAt(ports, node);
        await ports.clock.sleep(gapMs, ports.signal);
        const second = await lookAt(ports, node);
        return { node: node.name, ...between(scopeOf(input, node), first, second) };
      }),
  });
  const found = new Map(results.map((result) => [result.node, result.rows]));
  const stats = input.nodes.flatMap((node) => found.get(node.name) ?? emptyRows(scopeOf(input, node), "failed"));
  return { result: { stats }, failures: [...failures, ...results.flatMap((result) => result.failures)] };
}

export interface StatsTick {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly stats: readonly StatsRow[];
  readonly failures: readonly Failure[];
}

/**
 * Tells what is used every `intervalMs`, until the signal is aborted, which is an exit code of 130. Every node is
 * looked at on its own, so that one that hangs or is gone holds up nothing: it is a failure while it does not answer.
 */
export async function watchStats(
  ports: StatsPorts,
  input: StatsInput & {
    readonly intervalMs: number;
    /** While a returned promise is pending, nothing more is told. */
    readonly onTick: (tick: StatsTick) => void | Promise<void>;
  },
): Promise<Report<object>> {
  const { intervalMs } = input;
  const latest = new Map<string, Told>();
  const watching = input.nodes.map((node) =>
    watchNode(ports, input, { node, tell: (told) => latest.set(node.name, told) }),
  );
  const waitedUntil = ports.clock.monotonic() + Math.max(intervalMs, gapMs * 3);
  while (!ports.signal.aborted) {
    if (latest.size === input.nodes.length || ports.clock.monotonic() >= waitedUntil) break;
    await pause(ports, 50);
  }
  while (!ports.signal.aborted) {
    const told = input.nodes.map((node) => current(ports, { ...input, node, told: latest.get(node.name) }));
    await input.onTick({
      time: new Date(ports.clock.now()).toISOString(),
      stats: told.flatMap(({ rows }) => rows),
      failures: told.flatMap(({ failures }) => failures),
    });
    await pause(ports, intervalMs);
  }
  await Promise.all(watching);
  return { result: {}, failures: [], exitCode: 130 };
}

interface Told {
  readonly atMs: number;
  readonly rows: readonly StatsRow[];
  readonly failures: readonly Failure[];
}

async function watchNode(
  ports: StatsPorts,
  input: StatsInput & { readonly intervalMs: number },
  { node, tell }: { readonly node: NodeSpec; readonly tell: (told: Told) => void },
): Promise<void> {
  const scope = scopeOf(input, node);
  let before: StatsLook | undefined;
  while (!isOver(ports)) {
    const wait = before ? input.intervalMs : Math.min(gapMs, input.intervalMs);
    try {
      const look = await lookAt(ports, node);
      if (before) tell({ atMs: look.atMs, ...between(scope, before, look) });
      before = look;
    } catch (error) {
      if (isOver(ports)) return;
      before = undefined;
      const failure = toFailure(error, { node: node.name });
      tell({ atMs: ports.clock.monotonic(), rows: emptyRows(scope, "failed"), failures: [failure] });
    }
    await pause(ports, wait);
  }
}

/** Numbers that are older than three intervals are not shown any more. */
function current(
  ports: StatsPorts,
  input: StatsInput & { readonly node: NodeSpec; readonly intervalMs: number; readonly told: Told | undefined },
): Pick<Told, "rows" | "failures"> {
  const { node, told, intervalMs } = input;
  if (!told) return { rows: emptyRows(scopeOf(input, node), "waiting"), failures: [] };
  const ageMs = ports.clock.monotonic() - told.atMs;
  if (ageMs <= Math.max(3 * intervalMs, 5000) || told.failures.length > 0) return told;
  const silent = new PictlError("timeout", `The node has not answered for ${String(Math.round(ageMs / 1000))} s.`, {
    node: node.name,
  });
  return { rows: emptyRows(scopeOf(input, node), "failed"), failures: [toFailure(silent)] };
}

interface Look extends StatsLook {
  /** Why Docker has nothing to say. */
  readonly failures: readonly Failure[];
}

function between(scope: StatsScope, first: StatsLook, second: Look): Pick<Told, "rows" | "failures"> {
  return { rows: statsRows(scope, first, second), failures: second.failures };
}

async function lookAt(ports: StatsPorts, node: NodeSpec): Promise<Look> {
  const [own, docker] = await Promise.allSettled([sampleNode(ports, node), sampleDocker(ports, node)]);
  if (own.status === "rejected") throw own.reason;
  const atMs = ports.clock.monotonic();
  if (docker.status === "fulfilled") return { atMs, node: own.value, docker: docker.value, failures: [] };
  return { atMs, node: own.value, docker: undefined, failures: [toFailure(docker.reason, { node: node.name })] };
}

async function sampleNode(ports: StatsPorts, node: NodeSpec): Promise<StatsLook["node"]> {
  const connection = await ports.nodes.connect(node, ports.signal);
  const outcome = await connection.run(nodeSampleCommand, { timeoutMs: 20_000, signal: ports.signal });
  if (outcome.status === "ok") return parseNodeSample(outcome.stdout);
  throw new PictlError("timeout", "The node did not say within 20 s how much of it is in use.", {
    hint: "Its disk or processor may be stuck; `pictl doctor` tells more.",
  });
}

async function sampleDocker(ports: StatsPorts, node: NodeSpec): Promise<StatsLook["docker"]> {
  const engine = await ports.engines.on(node, ports.signal);
  const containers = await engine.containers();
  const running = containers.filter((facts) => facts.state === "running");
  return { containers, samples: await sampleContainers(engine, running) };
}

function scopeOf({ config, placements, strays }: StatsInput, node: NodeSpec): StatsScope {
  return {
    node: node.name,
    cluster: config.cluster,
    placements: placements.filter((placement) => placement.node === node.name),
    strays,
  };
}

/** Asked anew each time, since it changes while others work. */
function isOver({ signal }: StatsPorts): boolean {
  return signal.aborted;
}

/** Ends early, and does not reject, when the signal is aborted. */
async function pause(ports: StatsPorts, ms: number): Promise<void> {
  await ports.clock.sleep(ms, ports.signal).catch(() => undefined);
}
