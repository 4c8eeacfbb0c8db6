import type { Config, Placement } from "../domain/config/types.ts";
import { type CreatePlan, planCreate } from "../domain/container/create.ts";
import { drift } from "../domain/container/drift.ts";
import { generationOf, ours } from "../domain/container/ownership.ts";
import { imageOf, runInput, wantedText } from "../domain/container/wanted.ts";
import * as docker from "../domain/docker/commands.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import type { Failure } from "../domain/errors.ts";
import { type Command, render } from "../domain/shell.ts";
import { buildImages } from "./build.ts";
import { sha256 } from "./digest.ts";
import { runDocker } from "./docker.ts";
import { fanOut } from "./fan-out.ts";
import type { LifecycleRow } from "./lifecycle.ts";
import { nodeOf, type Observer, observer } from "./observe.ts";
import type { Ports } from "./ports.ts";
import { record } from "./record.ts";
import type { Report } from "./report.ts";
import { replaceContainer, runContainer } from "./run-container.ts";

export interface CreateInput {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly recreate: boolean;
  readonly graceSeconds: number;
  readonly dryRun: boolean;
}

/**
 * Makes the containers of the placements run: builds images that are missing or stale, then runs what is not there.
 * A placement whose image could not be built is not run. Doing it again changes nothing.
 */
export async function createContainers(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly LifecycleRow[] }>> {
  const { config, placements, dryRun } = input;
  const built = await buildImages(ports, { config, placements, dryRun, noCache: false, pull: false, force: false });
  const broken = (placement: Placement): boolean => built.failures.some((failure) => concerns(failure, placement));
  // Looked at after building, so that a rebuilt image shows as a difference.
  const observe = observer(ports, config);
  const { results, failures } = await fanOut(
    ports,
    placements.filter((placement) => !broken(placement)),
    {
      place: ({ node, container }) => ({ node, container }),
      work: (placement) => createOne(ports, { ...input, placement, observe }),
    },
  );
  return { result: { containers: results }, failures: [...built.failures, ...failures] };
}

function concerns(failure: Failure, placement: Placement): boolean {
  return (
    (failure.node === undefined || failure.node === placement.node) &&
    (failure.container === undefined || failure.container === placement.container)
  );
}

interface One extends CreateInput {
  readonly placement: Placement;
  readonly observe: Observer;
}

async function createOne(ports: Ports, one: One): Promise<LifecycleRow> {
  const { config, placement, observe, dryRun } = one;
  const { container, node } = placement;
  const step = ports.progress.step(`${container}@${node}`, "create");
  const startedAt = ports.clock.monotonic();
  try {
    const [found, images] = await Promise.all([observe.containers(node), observe.images(node)]);
    const facts = ours(found, container, config.cluster);
    const digest = sha256(wantedText(placement));
    const differs = facts ? drift(facts, images, { digest, image: imageOf(placement) }) : [];
    const plan = planCreate(container, { facts, drift: differs, recreate: one.recreate });
    const runCommand = docker.run(
      runInput(placement, { cluster: config.cluster, generation: facts ? generationOf(facts) + 1 : 1, digest }),
    );
    if (!dryRun) await carryOut(ports, { ...one, plan, runCommand, facts });
    const outcome = dryRun ? told[plan].dry(render(runCommand)) : told[plan].done;
    step.done(outcome);
    return {
      container,
      node,
      changed: plan !== "keep" && !dryRun,
      outcome,
      durationMs: Math.round(ports.clock.monotonic() - startedAt),
    };
  } catch (error) {
    step.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

const told: Record<CreatePlan, { done: string; dry: (command: string) => string }> = {
  keep: { done: "runs already", dry: () => "runs already" },
  start: { done: "started", dry: () => "would be started" },
  run: { done: "created", dry: (command) => `would run: ${command}` },
  replace: { done: "replaced", dry: (command) => `would be replaced by: ${command}` },
};

async function carryOut(
  ports: Ports,
  one: One & { plan: CreatePlan; runCommand: Command; facts: ContainerFacts | undefined },
): Promise<void> {
  const { config, placement, plan, facts, runCommand, graceSeconds } = one;
  if (plan === "keep") return;
  const { container, node } = placement;
  const startedAt = ports.clock.monotonic();
  const connection = await ports.nodes.connect(nodeOf(config, node), ports.signal);
  const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
  const place = { connection, engine, placement, runCommand };
  if (plan === "start") {
    await runDocker(connection, docker.start(container), { doing: `start ${container}`, signal: ports.signal });
  } else if (plan === "run") {
    await runContainer(ports, place);
  } else {
    await replaceContainer(ports, { ...place, graceSeconds, wasRunning: facts?.state === "running" });
  }
  await record(ports, {
    type: plan === "start" ? "container.started" : "container.created",
    node,
    container,
    before: facts?.state ?? null,
    after: { image: imageOf(placement), args: placement.args },
    durationMs: Math.round(ports.clock.monotonic() - startedAt),
  });
}
