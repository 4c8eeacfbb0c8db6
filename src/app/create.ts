import type { Config, Placement } from "../domain/config/types.ts";
import { type CreatePlan, isDone, planCreate, type Recreate } from "../domain/container/create.ts";
import { drift } from "../domain/container/drift.ts";
import { type EnvVariable } from "../domain/container/environment.ts";
import { isAlive } from "../domain/container/grace.ts";
import { dependentsOf } from "../domain/container/order.ts";
import { lostShare, sharesOf, staleShare } from "../domain/container/shares.ts";
import { markOf, staysStopped } from "../domain/container/stop-mark.ts";
import type { ContainerFacts, StopMark } from "../domain/docker/facts.ts";
import { type Failure, PictlError } from "../domain/errors.ts";
import { copiesOf } from "../domain/place/names.ts";
import { planRollout } from "../domain/place/rollout.ts";
import { act, type ActionRow, type Done, recordingFailure } from "./kit/act.ts";
import { buildImages } from "./build.ts";
import { refuseSecondCopy } from "./copies/elsewhere.ts";
import { readEnvironments, wantedDigest, wishOf } from "./place/environment.ts";
import { fanOut } from "./kit/fan-out.ts";
import { rememberMade } from "./node/left-behind.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { withLocks } from "./kit/locks.ts";
import { onceSettled } from "./move/settle.ts";
import { nodeOf, type Observer, observer } from "./kit/observe.ts";
import { pullMissing } from "./place/image.ts";
import { type PlaceOptions, replaceOrMake, seeThatItWorks, wouldPlace } from "./place/index.ts";
import { rollOut } from "./place/roll-out.ts";
import { settleReplacement } from "./place/settle.ts";
import type { Ports, Step } from "./ports.ts";
import { refuseMoved } from "./copies/refuse-moved.ts";
import type { Report } from "./kit/report.ts";

export interface CreateInput extends PlaceOptions {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly recreate: Recreate;
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** What somebody wants stopped is left alone: for whoever was not asked for this very container. */
  readonly leaveStopped?: boolean;
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
  const report = await onceSettled(ports, input, (placements) => createWithDependents(ports, { ...input, placements }));
  await rememberMade(ports, input.config, report.result.containers);
  return report;
}

/** What has the network, or the volumes, of one that was made anew is left with none, and is made anew after it. */
async function createWithDependents(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const { config } = input;
  const report = await createAll(ports, input);
  const made = config.placements.filter((placement) =>
    report.result.containers.some((row) => row.changed && isOf(row, placement)),
  );
  const observe = observer(ports, config);
  const cut = await Promise.all(
    dependentsOf(config.placements, made).map(async (each) => ((await isCutOff(observe, config, each)) ? [each] : [])),
  );
  const placements = cut.flat();
  if (placements.length === 0) return report;
  const after = await createWithDependents(ports, { ...input, placements, recreate: "nothing", leaveStopped: true });
  return {
    result: { containers: [...report.result.containers, ...after.result.containers] },
    failures: [...report.failures, ...after.failures],
  };
}

function isOf(row: ActionRow, { container, node }: Placement): boolean {
  return row.container === container && row.node === node;
}

/** Whether what a container that runs has of another one is gone. What cannot be asked is told of the other one. */
async function isCutOff(observe: Observer, config: Config, placement: Placement): Promise<boolean> {
  try {
    const found = await observe.containers(placement.node);
    const { own: facts } = copiesOf(found, placement.container, config.cluster);
    return facts !== undefined && isAlive(facts) && lostShare(placement, facts, found)?.mendable === true;
  } catch (error) {
    if (error instanceof PictlError && error.code !== "interrupted") return false;
    throw error;
  }
}

/** What it has something of is there before it. */
function afterItsSources(item: Looked): Looked {
  const { placement } = item;
  const sources = sharesOf(placement.args).map(({ from }) => from);
  if (sources.length === 0) return item;
  return { ...item, placement: { ...placement, after: [...(placement.after ?? []), ...sources] } };
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
    const rolled = await rollOut(ports, planRollout(looked.results.map(afterItsSources), config.placements), {
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
  /** Somebody wants it stopped, and nobody asked for it now. */
  readonly rests: StopMark | undefined;
  readonly observe: Observer;
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
    const marks = input.leaveStopped && facts && !isAlive(facts) ? await observe.stopMarks(node) : [];
    const rests = markOf(marks, facts);
    const differs = facts && !rests ? drift(facts, images, await wishOf(ports, placement, fromFile)) : [];
    const broken = facts !== undefined && lostShare(placement, facts, found)?.mendable === true;
    const { oneOff = false } = placement;
    const plan = rests ? "keep" : planCreate(container, { facts, drift: differs, recreate, broken, oneOff });
    if (plan !== "keep") await refuseSecondCopy(ports, { config, placement, facts, observe });
    const disturbs = plan === "replace" && facts?.state === "running";
    return { observe, rests, placement, fromFile, digest, plan, facts, found, disturbs, stillLocked };
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
      const { rests, facts, found, observe } = item;
      if (rests) return { outcome: staysStopped(rests) };
      if (facts && isDone(facts)) return { outcome: "is done" };
      if (facts && isAlive(facts) && staleShare(placement, facts, found) !== undefined) {
        return applyLifecycle(ports, { ...input, placement, action: "restart", found, observe });
      }
      const isWaitedFor = looked.some((each) => each.placement.after?.includes(placement.container));
      if (isWaitedFor && !dryRun) await seeThatItWorks(ports, { ...input, placement });
      return { outcome: "runs already" };
    }
    case "start":
      return applyLifecycle(ports, { ...input, placement, action: "start", found: item.found, observe: item.observe });
    default:
      return dryRun ? wouldPlace(ports, { ...input, ...item }) : replaceOrMake(ports, { ...input, ...item, step });
  }
}
