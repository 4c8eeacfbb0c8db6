import pMap from "p-map";
import type { Config, NodeSpec } from "../domain/config/types.ts";
import * as docker from "../domain/docker/client/commands.ts";
import type { DiskFacts } from "../domain/docker/facts.ts";
import { type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { type Prunable, planPrune, pruneScope } from "../domain/prune/plan.ts";
import { type Command, render } from "../domain/shell.ts";
import { runDocker } from "./kit/docker.ts";
import { fanOut } from "./kit/fan-out.ts";
import { withLocks } from "./kit/locks.ts";
import { looking } from "./kit/observe/looking.ts";
import type { Engine, Ports } from "./ports.ts";
import { record } from "./kit/record.ts";
import type { Report } from "./kit/report.ts";

export interface PruneInput {
  readonly config: Config;
  readonly nodes: readonly NodeSpec[];
  /** Also stopped containers that no pictl made. */
  readonly all: boolean;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** Asked once, when it is known what would go from where; false leaves everything. */
  readonly confirm: (rows: readonly PrunedRow[]) => Promise<boolean>;
}

export interface PrunedRow {
  readonly node: string;
  /** One of the two. */
  readonly container?: string;
  readonly image?: string;
  readonly id: string;
  /** What its removal frees at least; null when Docker does not say. */
  readonly bytes: number | null;
  readonly why: string;
  readonly changed: boolean;
  readonly outcome: string;
}

/** Removes what nobody needs (`planPrune`), all nodes at once. Volumes, networks and build caches stay. */
export async function prune(ports: Ports, input: PruneInput): Promise<Report<{ leftovers: readonly PrunedRow[] }>> {
  const { config, dryRun, all, waitMs } = input;
  // What only waits for a node is settled whatever has been pruned by then.
  const moving = (await ports.journal.read())
    .filter(({ step }) => step === "begun" || step === "switching")
    .map((move) => move.container);
  const looks = await fanOut(ports, input.nodes, {
    place: (node) => ({ node: node.name }),
    work: (node) => lookAt(ports, { config, node, moving, all }),
  });
  const planned = looks.results.flatMap(({ node, plan }) =>
    plan.map((leftover) => rowOf(node.name, leftover, false, outcomeOf(leftover, dryRun))),
  );
  const nothingToDo = planned.length === 0 || dryRun;
  if (nothingToDo) return { result: { leftovers: planned }, failures: looks.failures };
  if (!(await input.confirm(planned))) return { result: { leftovers: [] }, failures: looks.failures, exitCode: 4 };

  const locked = looks.results.flatMap(({ node, plan }) =>
    plan.flatMap(({ lock }) => (lock === undefined ? [] : [{ container: lock, node: node.name }])),
  );
  const done = await withLocks(ports, { config, placements: locked, waitMs, dryRun }, (take) =>
    fanOut(ports, looks.results, {
      place: ({ node }) => ({ node: node.name }),
      work: ({ node, plan }) => removeAll(ports, { node, plan, take }),
    }),
  );
  return {
    result: { leftovers: done.results.flatMap(({ rows }) => rows) },
    failures: [...looks.failures, ...done.failures, ...done.results.flatMap(({ failures }) => failures)],
  };
}

interface Look {
  readonly node: NodeSpec;
  readonly plan: readonly Prunable[];
}

function lookAt(
  ports: Ports,
  { config, node, moving, all }: { config: Config; node: NodeSpec; moving: readonly string[]; all: boolean },
): Promise<Look> {
  return looking(ports, node.name, async () => {
    const engine = await ports.engines.on(node, ports.signal);
    const [containers, images, disk] = await Promise.all([engine.containers(), engine.images(), diskOf(engine)]);
    const layers = new Map(
      await pMap(images, async ({ id }): Promise<[string, readonly string[]]> => [id, await engine.layers(id)], {
        concurrency: 8,
      }),
    );
    const scope = pruneScope(config, { node: node.name, moving, all });
    return { node, plan: planPrune(scope, { containers, images, disk, layers }) };
  });
}

/** A disk so full or slow that Docker cannot measure it is the very one to clean up. */
function diskOf(engine: Engine): Promise<DiskFacts> {
  return engine.disk().catch(() => ({ imageBytes: {}, containerBytes: {} }));
}

async function removeAll(
  ports: Ports,
  { node, plan, take }: Look & { readonly take: (place: { container: string; node: string }) => Promise<void> },
): Promise<{ rows: readonly PrunedRow[]; failures: readonly Failure[] }> {
  const rows: PrunedRow[] = [];
  const failures: Failure[] = [];
  for (const leftover of plan) {
    const step = ports.progress.step(`${leftover.name}@${node.name}`, "remove");
    try {
      if (ports.signal.aborted) throw new PictlError("interrupted", "Not begun, because of the interruption.");
      if (leftover.lock !== undefined) await take({ container: leftover.lock, node: node.name });
      await remove(ports, node, leftover);
      step.done();
      rows.push(rowOf(node.name, leftover, true, "removed"));
    } catch (error) {
      const place = leftover.kind === "container" ? { container: leftover.name } : {};
      const failure = toFailure(error, { node: node.name, ...place });
      step.fail();
      failures.push(failure);
    }
  }
  return { rows, failures };
}

/** Never by force: what is used since it was looked at, docker refuses to remove. */
async function remove(ports: Ports, node: NodeSpec, leftover: Prunable): Promise<void> {
  const { kind, name, id, why } = leftover;
  const connection = await ports.nodes.connect(node, ports.signal);
  for (const command of commandsFor(leftover)) {
    await runDocker(connection, command, { doing: `remove ${name}`, timeoutMs: 300_000, signal: ports.signal });
  }
  await record(ports, {
    type: kind === "container" ? "container.deleted" : "image.removed",
    node: node.name,
    ...(kind === "container" ? { container: name } : {}),
    before: { id, name, why },
  });
}

function commandsFor({ kind, targets }: Prunable): readonly Command[] {
  return targets.map((target) =>
    kind === "container" ? docker.removeStopped(target) : docker.removeImage(target, false),
  );
}

function outcomeOf(leftover: Prunable, dryRun: boolean): string {
  return dryRun ? `would run: ${commandsFor(leftover).map(render).join("; ")}` : "to be removed";
}

function rowOf(node: string, leftover: Prunable, changed: boolean, outcome: string): PrunedRow {
  const { kind, name, id, bytes, why } = leftover;
  return { node, [kind]: name, id, bytes, why, changed, outcome };
}
