import type { Config, Placement } from "../domain/config/types.ts";
import { type CreatePlan, planCreate, type Recreate } from "../domain/container/create.ts";
import { drift } from "../domain/container/drift.ts";
import { type EnvVariable } from "../domain/container/environment.ts";
import { imageOf } from "../domain/container/wanted.ts";
import type { ContainerFacts } from "../domain/docker/facts.ts";
import type { Failure } from "../domain/errors.ts";
import { copiesOf } from "../domain/place/names.ts";
import { planRollout } from "../domain/place/rollout.ts";
import { act, type ActionRow, type Done, recordingFailure } from "./act.ts";
import { buildImages } from "./build.ts";
import { readEnvironments, wantedDigest } from "./environment.ts";
import { fanOut } from "./fan-out.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { withLocks } from "./locks.ts";
import { onceSettled } from "./move/settle.ts";
import { nodeOf, observer } from "./observe.ts";
import { pullMissing } from "./place/image.ts";
import { type PlaceOptions, replaceOrMake, seeThatItWorks, wouldPlace } from "./place/index.ts";
import { rollOut } from "./place/roll-out.ts";
import { settleReplacement } from "./place/settle.ts";
import type { Ports, Step } from "./ports.ts";
import { refuseMoved } from "./refuse-moved.ts";
import type { Report } from "./report.ts";

export interface CreateInput extends PlaceOptions {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly recreate: Recreate;
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
  readonly dryRun: boolean;
}

/**
 * Makes the containers of the placements run: builds and pulls images that are missing or stale, then makes what is not
 * there and replaces what is to be, in the order of `planRollout`. A placement whose image is not ready, or whose
 * `env_file` cannot be read, is not touched. Doing it again changes nothing.
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
  const ready = placements.filter((placement) => !built.failures.some((failure) => concerns(failure, placement)));
  const { results, failures } = await withLocks(ports, { ...input, placements: ready }, async (locked) => {
    const look = looker(ports, input);
    const looked = await fanOut(ports, ready, {
      place: ({ node, container }) => ({ node, container }),
      work: async (placement) => {
        const fromFile = environments.of(placement) ?? [];
        const stillLocked = (): Promise<void> => locked(placement);
        const action = { verb: "create", ...placement, dryRun };
        return recordingFailure(ports, action, () => look({ placement, fromFile, stillLocked }));
      },
    });
    const pulled = dryRun ? { failures: [] } : await pullAll(ports, config, looked.results);
    const unready = [...built.failures, ...pulled.failures];
    const rolled = await rollOut(ports, planRollout(looked.results, config.placements), {
      stopped: (_, item) => whyNotReady(unready, item),
      work: (item) =>
        act(ports, { verb: "create", ...item.placement, dryRun }, (step) =>
          carryOut(ports, input, { item, looked: looked.results, step }),
        ),
    });
    const told = rolled.failures.filter((failure) => !pulled.failures.some((each) => isSame(each, failure)));
    return { results: rolled.results, failures: [...looked.failures, ...pulled.failures, ...told] };
  });
  return {
    result: { containers: inOrder(results, input.placements) },
    failures: [...environments.failures, ...built.failures, ...failures],
  };
}

function concerns(failure: Failure, placement: Placement): boolean {
  return (
    (failure.node === undefined || failure.node === placement.node) &&
    (failure.container === undefined || failure.container === placement.container)
  );
}

function isSame(one: Failure, other: Failure): boolean {
  return one.node === other.node && one.container === other.container;
}

/** A version whose image is missing on one node replaces nothing on the others. */
function whyNotReady(unready: readonly Failure[], { placement, disturbs }: Looked): string | undefined {
  const own = unready.find((failure) => concerns(failure, placement));
  const other = unready.find((failure) => failure.container === placement.container);
  const failure = own ?? (disturbs ? other : undefined);
  return failure && `the image of ${placement.container} is not ready on ${failure.node ?? "every node"}`;
}

function inOrder(rows: readonly ActionRow[], placements: readonly Placement[]): readonly ActionRow[] {
  return placements.flatMap(({ container, node }) =>
    rows.filter((row) => row.container === container && row.node === node),
  );
}

/** A placement, and what is to be done about it. */
interface Looked {
  readonly placement: Placement;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  readonly digest: string;
  readonly plan: CreatePlan;
  readonly facts: ContainerFacts | undefined;
  /** All that are on its node. */
  readonly found: readonly ContainerFacts[];
  readonly disturbs: boolean;
  readonly stillLocked: () => Promise<void>;
}

type ToLook = Pick<Looked, "placement" | "fromFile" | "stillLocked">;

/** Looks at a container under its lock, and decides. What a replacement that was cut off has left is settled first. */
function looker(ports: Ports, input: CreateInput): (what: ToLook) => Promise<Looked> {
  const { config, dryRun, recreate } = input;
  // Looked at after building, so that a rebuilt image shows as a difference.
  const observe = observer(ports, config);
  return async ({ placement, fromFile, stillLocked }) => {
    const { container, node } = placement;
    await stillLocked();
    if (!dryRun) await refuseMoved(ports, placement);
    const [found, images] = await Promise.all([
      dryRun ? observe.containers(node) : settleReplacement(ports, { ...input, placement }),
      observe.images(node),
    ]);
    const { own: facts } = copiesOf(found, container, config.cluster);
    const digest = wantedDigest(placement, fromFile);
    const differs = facts ? drift(facts, images, { digest, image: imageOf(placement) }) : [];
    const plan = planCreate(container, { facts, drift: differs, recreate });
    const disturbs = plan === "replace" && facts?.state === "running";
    return { placement, fromFile, digest, plan, facts, found, disturbs, stillLocked };
  };
}

async function pullAll(
  ports: Ports,
  config: Config,
  looked: readonly Looked[],
): Promise<{ readonly failures: readonly Failure[] }> {
  const needed = looked.filter(({ plan }) => plan === "run" || plan === "replace");
  return fanOut(ports, needed, {
    place: ({ placement: { node, container } }) => ({ node, container }),
    work: async ({ placement }) => {
      const node = nodeOf(config, placement.node);
      const [connection, engine] = await Promise.all([
        ports.nodes.connect(node, ports.signal),
        ports.engines.on(node, ports.signal),
      ]);
      await pullMissing(ports, { placement, connection, engine, say: () => undefined });
    },
  });
}

async function carryOut(
  ports: Ports,
  input: CreateInput,
  { item, looked, step }: { item: Looked; looked: readonly Looked[]; step: Step },
): Promise<Done> {
  const { placement, plan } = item;
  const { dryRun } = input;
  switch (plan) {
    case "keep": {
      const isWaitedFor = looked.some((each) => each.placement.after?.includes(placement.container));
      if (isWaitedFor && !dryRun) await seeThatItWorks(ports, { ...input, placement });
      return { outcome: "runs already" };
    }
    case "start":
      return applyLifecycle(ports, { ...input, placement, action: "start", found: item.found });
    default:
      return dryRun ? wouldPlace(ports, { ...input, ...item }) : replaceOrMake(ports, { ...input, ...item, step });
  }
}
