import type { Config, Placement } from "../domain/config/types.ts";
import { type CreatePlan, isDone, planCreate, type Recreate } from "../domain/container/create.ts";
import { drift } from "../domain/container/drift.ts";
import { type EnvVariable } from "../domain/container/environment.ts";
import { isAlive } from "../domain/container/grace.ts";
import { dependentsOf } from "../domain/container/order.ts";
import { lostShare, sharesOf, staleShare } from "../domain/container/shares.ts";
import { ours } from "../domain/container/ownership.ts";
import { markOf, staysStopped } from "../domain/container/stop-mark.ts";
import type { ContainerFacts, ImageFacts, StopMark } from "../domain/docker/facts.ts";
import { type Failure, PictlError } from "../domain/errors.ts";
import { copiesOf } from "../domain/place/names.ts";
import { planRollout } from "../domain/place/rollout.ts";
import { act, type ActionRow, type Done, recordingFailure } from "./kit/act.ts";
import { buildImages } from "./build.ts";
import type { Conducted } from "./kit/conducted.ts";
import { refuseSecondCopy } from "./copies/elsewhere.ts";
import { readEnvironments, wantedDigest, wishOf } from "./place/environment.ts";
import { type FanOut, fanOut } from "./kit/fan-out.ts";
import { rememberMade } from "./node/left-behind.ts";
import { applyLifecycle } from "./lifecycle.ts";
import { withLocks } from "./kit/locks.ts";
import { onceSettled } from "./move/settle.ts";
import { nodeOf, type Observer, observer } from "./kit/observe.ts";
import { pullMissing } from "./place/image.ts";
import { type PlaceOptions, replaceOrMake, seeThatItWorks, wouldPlace } from "./place/index.ts";
import { rollBackOne } from "./place/roll-back.ts";
import { replaceRenamed } from "./place/renamed.ts";
import { rollOut } from "./place/roll-out.ts";
import { settleReplacement } from "./place/settle.ts";
import type { Ports, ProgressStep } from "./ports.ts";
import { refuseMoved } from "./copies/refuse-moved.ts";
import type { Report } from "./kit/report.ts";
import { reach } from "./kit/reach.ts";

export interface CreateInput extends PlaceOptions {
  readonly config: Config;
  readonly placements: readonly Placement[];
  readonly recreate: Recreate;
  /** How long to wait for another pictl that changes the same containers. */
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** What somebody wants stopped is left alone: for whoever was not asked for this very container. */
  readonly leaveStopped?: boolean;
  /** It is part of something larger, which has made the images ready. */
  readonly conducted?: Conducted;
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
  return onceSettled(ports, input, (placements) => createSettled(ports, { ...input, placements }));
}

/** The same where no move of these containers is open. */
export async function createSettled(
  ports: Ports,
  input: CreateInput,
): Promise<Report<{ containers: readonly ActionRow[] }>> {
  const report = await createWithDependents(ports, input);
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
  const images = { config, placements, dryRun, noCache: false, pull: false, force: false };
  const built = input.conducted ? { failures: [] } : await buildImages(ports, images);
  const ready = placements.filter((placement) => !built.failures.some((failure) => concerns(failure, placement)));
  for (const each of input.placements) if (!ready.includes(each)) input.conducted?.leftOut(each);
  const places = [...ready, ...ready.flatMap(placeBefore)];
  const { results, failures } = await withLocks(ports, { ...input, placements: places }, async (locked) => {
    const look = looker(ports, input);
    const looked = await fanOut(ports, ready, {
      place: ({ node, container }) => ({ node, container }),
      work: async (placement) => {
        const fromFile = environments.of(placement) ?? [];
        const stillLocked = async (): Promise<void> => {
          for (const place of [placement, ...placeBefore(placement)]) await locked(place);
        };
        const action = { verb: "create", ...placement, dryRun };
        try {
          return await recordingFailure(ports, action, () => look({ placement, fromFile, stillLocked }));
        } catch (error) {
          input.conducted?.leftOut(placement);
          throw error;
        }
      },
    });
    const pulled = dryRun ? { failures: [] } : await pullAll(ports, config, looked.results);
    const unready = [...built.failures, ...pulled.failures];
    const rolled = await rollOut(ports, planRollout(looked.results.map(afterItsSources), config.placements), {
      stopped: (_, item) => whyNotReady(unready, item),
      held: ({ placement }) => input.conducted?.leftOut(placement),
      work: (item) => {
        const work = (): Promise<ActionRow> =>
          act(ports, { verb: "create", ...item.placement, dryRun }, (step) =>
            carryOut(ports, input, { item, looked: looked.results, step }),
          );
        return input.conducted ? input.conducted.inTurn(item.placement, work) : work();
      },
    });
    const told = rolled.failures.filter((failure) => !pulled.failures.some((each) => isSame(each, failure)));
    const back = await putBackEarlier(ports, input, { looked: looked.results, rolled });
    const stay = rolled.results.filter((row) => !back.some((failure) => isSame(failure, row)));
    return { results: stay, failures: [...looked.failures, ...pulled.failures, ...told, ...back] };
  });
  return {
    result: { containers: inOrder(results, input.placements) },
    failures: [...environments.failures, ...built.failures, ...failures],
  };
}

/** Where the layout wants it so, what was replaced before a rollout stopped is put back, too, one after the other. */
async function putBackEarlier(
  ports: Ports,
  input: CreateInput,
  { looked, rolled }: { readonly looked: readonly Looked[]; readonly rolled: FanOut<ActionRow> },
): Promise<readonly Failure[]> {
  const back: Failure[] = [];
  if (input.dryRun || ports.signal.aborted) return back;
  for (const item of looked) {
    const { placement, facts } = item;
    const failed = rolled.failures.find(
      ({ code, container }) => container === placement.container && code !== "rollout-stopped",
    );
    const row = rolled.results.find((each) => isOf(each, placement));
    if (placement.update?.onFailure !== "rollback" || !failed || !row?.swap || !facts) continue;
    back.push(await rollBackOne(ports, { ...input, ...item }, failed));
  }
  return back;
}

function concerns(failure: Failure, placement: Placement): boolean {
  return (
    (failure.node === undefined || failure.node === placement.node) &&
    (failure.container === undefined || failure.container === placement.container)
  );
}

function isSame(one: Pick<Failure, "node" | "container">, other: Pick<Failure, "node" | "container">): boolean {
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
  /** The container is there, and has the name that it had in the layout before. */
  readonly renames: boolean;
  /** All that are on its node. */
  readonly found: readonly ContainerFacts[];
  readonly images: readonly ImageFacts[];
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
    const { own } = copiesOf(found, container, config.cluster);
    const before = own ? undefined : renamedOn(config, placement, found);
    const facts = own ?? before;
    const digest = wantedDigest(placement, fromFile);
    const marks = input.leaveStopped && facts && !isAlive(facts) ? await observe.stopMarks(node) : [];
    const rests = markOf(marks, facts);
    const differs = facts && !rests ? drift(facts, images, await wishOf(ports, placement, fromFile)) : [];
    const broken = facts !== undefined && lostShare(placement, facts, found)?.mendable === true;
    const { oneOff = false } = placement;
    const plan = rests ? "keep" : planCreate(container, { facts, drift: differs, recreate, broken, oneOff });
    if (plan !== "keep") await refuseSecondCopy(ports, { config, placement, facts, observe });
    input.conducted?.asPlanned(placement, { facts, wanted: { plan, digest, images, placement } });
    const disturbs = plan === "replace" && facts?.state === "running";
    const renames = before !== undefined;
    return { observe, rests, placement, fromFile, digest, plan, facts, renames, found, images, disturbs, stillLocked };
  };
}

/** Where its lock is, too, when it takes the place of another name. */
function placeBefore({ renamedFrom, node }: Placement): readonly Pick<Placement, "container" | "node">[] {
  return renamedFrom === undefined ? [] : [{ container: renamedFrom, node }];
}

/** The container whose place it takes: of ours, and the layout has it there no more. */
function renamedOn(
  config: Config,
  { renamedFrom, node }: Placement,
  found: readonly ContainerFacts[],
): ContainerFacts | undefined {
  if (renamedFrom === undefined) return undefined;
  const isWanted = config.placements.some((each) => each.container === renamedFrom && each.node === node);
  return isWanted ? undefined : ours(found, renamedFrom, config.cluster);
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
      const { connection, engine } = await reach(ports, node);
      await pullMissing(ports, { config, placement, connection, engine, say: () => undefined });
    },
  });
}

async function carryOut(
  ports: Ports,
  input: CreateInput,
  { item, looked, step }: { item: Looked; looked: readonly Looked[]; step: ProgressStep },
): Promise<Done> {
  const { placement, plan } = item;
  const { dryRun, conducted } = input;
  if (conducted && plan !== "keep") await lookOnceMore(ports, input, item);
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
      if (dryRun) return wouldPlace(ports, { ...input, ...item });
      return (item.renames ? replaceRenamed : replaceOrMake)(ports, { ...input, ...item, step });
  }
}

/** It may have waited for its turn for long. */
async function lookOnceMore(ports: Ports, { config, conducted }: CreateInput, item: Looked): Promise<void> {
  const { placement, facts, plan, digest, images } = item;
  const engine = await ports.engines.on(nodeOf(config, placement.node), ports.signal);
  const now = await engine.container(facts?.name ?? placement.container);
  conducted?.asPlanned(placement, { facts: now, wanted: { plan, digest, images, placement } });
}
