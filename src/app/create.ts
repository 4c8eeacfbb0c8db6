import type { Config, Placement } from "../domain/config/types.ts";
import { planCreate } from "../domain/container/create.ts";
import { drift } from "../domain/container/drift.ts";
import { ours } from "../domain/container/ownership.ts";
import { retiredName } from "../domain/container/replace.ts";
import { type EnvVariable, withEnvironmentOnStdin } from "../domain/container/environment.ts";
import { imageOf, runInput } from "../domain/container/wanted.ts";
import * as docker from "../domain/docker/commands.ts";
import type { Failure } from "../domain/errors.ts";
import { render } from "../domain/shell.ts";
import { act, type ActionRow, type Done } from "./act.ts";
import { buildImages } from "./build.ts";
import { readEnvironments, wantedDigest, withSecrets } from "./environment.ts";
import { fanOut } from "./fan-out.ts";
import { newGeneration, notePlaced } from "./generations.ts";
import { inheritVolumes, tellLeft } from "./inherit.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { withLocks } from "./locks.ts";
import { onceSettled } from "./move/settle.ts";
import { refuseMoved } from "./refuse-moved.ts";
import { nodeOf, type Observer, observer } from "./observe.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./report.ts";
import { putInPlace } from "./run-container.ts";
import { startWatchMs } from "./watch-start.ts";

export interface CreateInput {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly recreate: boolean;
  /** Of one that is replaced; missing: as long as it says itself. */
  readonly graceSeconds?: number | undefined;
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
  readonly dryRun: boolean;
}

/**
 * Makes the containers of the placements run: builds images that are missing or stale, then runs what is not there.
 * A placement whose image could not be built, or whose `env_file` cannot be read, is not run. Doing it again changes
 * nothing.
 */
export async function createContainers(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  if (input.dryRun) return createAll(ports, input);
  return onceSettled(ports, input, (placements) => createAll(ports, { ...input, placements }));
}

async function createAll(ports: Ports, input: CreateInput): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const { config, dryRun } = input;
  const environments = await readEnvironments(ports, input.placements);
  const placements = input.placements.filter((placement) => environments.of(placement) !== undefined);
  const built = await buildImages(ports, { config, placements, dryRun, noCache: false, pull: false, force: false });
  const broken = (placement: Placement): boolean => built.failures.some((failure) => concerns(failure, placement));
  // Looked at after building, so that a rebuilt image shows as a difference.
  const observe = observer(ports, config);
  const ready = placements.filter((placement) => !broken(placement));
  const { results, failures } = await withLocks(ports, { ...input, placements: ready }, (locked) =>
    fanOut(ports, ready, {
      place: ({ node, container }) => ({ node, container }),
      work: (placement) =>
        act(ports, { verb: "create", ...placement }, async () => {
          await locked(placement);
          if (!input.dryRun) await refuseMoved(ports, placement);
          return createOne(ports, { ...input, placement, observe, fromFile: environments.of(placement) ?? [] });
        }),
    }),
  );
  return { result: { containers: results }, failures: [...environments.failures, ...built.failures, ...failures] };
}

function concerns(failure: Failure, placement: Placement): boolean {
  return (
    (failure.node === undefined || failure.node === placement.node) &&
    (failure.container === undefined || failure.container === placement.container)
  );
}

interface One extends CreateInput {
  readonly placement: Placement;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  readonly observe: Observer;
}

async function createOne(ports: Ports, one: One): Promise<Done> {
  const { config, placement, observe, dryRun } = one;
  const { container, node } = placement;
  const [found, images] = await Promise.all([observe.containers(node), observe.images(node)]);
  const facts = ours(found, container, config.cluster);
  const retired = ours(found, retiredName(container), config.cluster);
  const digest = wantedDigest(placement, one.fromFile);
  const differs = facts ? drift(facts, images, { digest, image: imageOf(placement) }) : [];
  const plan = planCreate(container, { facts, drift: differs, recreate: one.recreate });
  if (plan === "keep") return { outcome: "runs already" };
  if (plan === "start") return applyLifecycle(ports, { ...one, action: "start" });
  const generation = await newGeneration(ports, [facts, retired], { dryRun });
  const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
  const { args, left } = await inheritVolumes(engine, { placement, from: facts ?? retired, containers: found, images });
  const runCommand = docker.run(runInput({ ...placement, args }, { cluster: config.cluster, generation, digest }));
  const environment = await withSecrets(ports, placement, one.fromFile);
  if (dryRun) {
    tellLeft(ports, placement, left);
    return {
      outcome: `would run: ${render(docker.withoutOwnLabels(withEnvironmentOnStdin(runCommand, environment)))}`,
    };
  }
  const connection = await ports.nodes.connect(nodeOf(config, node), ports.signal);
  await notePlaced(ports, container, generation);
  await putInPlace(ports, {
    connection,
    engine,
    placement,
    runCommand,
    generation,
    environment,
    old: facts,
    retired,
    graceSeconds: one.graceSeconds,
    watchMs: startWatchMs,
    removesFailed: false,
  });
  tellLeft(ports, placement, left);
  return {
    outcome: plan === "replace" ? "replaced" : "created",
    event: {
      type: "container.created",
      before: facts?.state ?? null,
      // Not the arguments: they may hold a password.
      after: { image: imageOf(placement), generation },
    },
  };
}
