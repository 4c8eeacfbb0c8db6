import type { Placement } from "../../../domain/config/types.ts";
import { isDone } from "../../../domain/container/create.ts";
import { isAlive } from "../../../domain/container/stop/grace.ts";
import { staleShare } from "../../../domain/container/shares.ts";
import { staysStopped } from "../../../domain/container/stop/stop-mark.ts";
import { type Failure, toFailure } from "../../../domain/errors.ts";
import { comesAfterLost, missingSource, sourcesOf } from "../../../domain/place/groups.ts";
import { planRollout } from "../../../domain/place/rollout.ts";
import { onceEach } from "../../../once.ts";
import { act, type ActionRow, type Done, recordingFailure } from "../../kit/act.ts";
import { type FanOut, fanOut } from "../../kit/fan-out.ts";
import { nodeOf } from "../../kit/observe/observer.ts";
import type { Conducted } from "../../kit/conducted.ts";
import { reach } from "../../kit/reach.ts";
import { applyLifecycle } from "../../container/lifecycle.ts";
import type { Ports, ProgressStep } from "../../ports.ts";
import { pullMissing } from "../prepare/image.ts";
import { replaceOrMake, seeThatItWorks, wouldPlace } from "../index.ts";
import type { Looked, Placing } from "../look.ts";
import { replaceRenamed } from "../renamed.ts";
import { rollBackOne } from "./roll-back.ts";
import { rollOut } from "./roll-out.ts";

/** Placements that belong together (`groupsOf`). */
export interface RolloutGroup {
  readonly placements: readonly Placement[];
  /** Those whose `env_file` is read and whose image is built. */
  readonly ready: readonly Placement[];
  /** Why images of the others are not. */
  readonly unbuilt: readonly Failure[];
}

/**
 * Looks at each container of a group, pulls what is missing, and makes or replaces them in the order of `planRollout`. What harms
 * nothing that serves and comes after nothing here is begun as soon as its own node has been looked at; what replaces something
 * waits until all are known to have the image. What comes after one that cannot be made, or looked at, is left as it is.
 */
export async function createGroup(
  ports: Ports,
  input: Placing,
  { placements, ready, unbuilt }: RolloutGroup,
  look: (placement: Placement) => Promise<Looked>,
): Promise<FanOut<ActionRow>> {
  const { config, dryRun, conducted } = input;
  const unpulled: Failure[] = [];
  const begin = onceEach((item: Looked): Promise<ActionRow> => {
    const { placement } = item;
    const work = (): Promise<ActionRow> => {
      input.portTurns?.begin(placement);
      return act(ports, { verb: "create", ...placement, dryRun }, (step) =>
        carryOut(ports, input, { item, group: placements, step }),
      ).finally(() => input.portTurns?.end(placement));
    };
    return conducted ? conducted.inTurn(placement, work) : work();
  });
  const looked = await fanOut(ports, ready, {
    place: ({ node, container }) => ({ node, container }),
    work: async (placement) => {
      const item = await recordingFailure(ports, { verb: "create", ...placement, dryRun }, () => look(placement)).catch(
        (error: unknown) => {
          conducted?.leftOut(placement);
          input.portTurns?.end(placement);
          throw error;
        },
      );
      if (item.plan !== "replace") input.portTurns?.end(placement);
      const failure = dryRun ? undefined : await pullFailure(ports, input, item);
      if (failure) unpulled.push(failure);
      // Whoever rolls out hears how it ended.
      else if (beginsAtOnce(item, placements)) begin(item).catch(() => undefined);
      return item;
    },
  });
  const unready = [...unbuilt, ...unpulled];
  const lost = placements.filter((each) => !isKnown(each, looked));
  const rolled = await rollOut(ports, planRollout(looked.results.map(afterItsSources), config.placements), {
    stopped: (_, item) => whyHeld(lost, item.item) ?? whyNotReady(unready, item),
    held: ({ placement }) => {
      conducted?.leftOut(placement);
      input.portTurns?.end(placement);
    },
    work: ({ item }) => begin(item),
  });
  const told = rolled.failures.filter((failure) => !unpulled.some((each) => isSame(each, failure)));
  const back = await putBackEarlier(ports, input, { looked: looked.results, rolled });
  const stay = rolled.results.filter((row) => !back.some((failure) => isSame(failure, row)));
  return { results: stay, failures: [...unbuilt, ...looked.failures, ...unpulled, ...told, ...back] };
}

function beginsAtOnce({ placement, disturbs }: Looked, group: readonly Placement[]): boolean {
  const sources = sourcesOf(placement);
  return !disturbs && !group.some(({ container }) => sources.includes(container));
}

/** What differs and was left as it is serves. */
function isKnown(placement: Placement, { results, failures }: FanOut<Looked>): boolean {
  return (
    results.some((each) => each.placement === placement) ||
    failures.some((failure) => failure.code === "not-as-wanted" && isSame(failure, placement))
  );
}

/** What is as it is wanted has nothing to wait for. */
function whyHeld(lost: readonly Placement[], { placement, plan }: Looked): string | undefined {
  const source = plan === "keep" ? undefined : missingSource(placement, lost);
  return source && comesAfterLost(source);
}

interface InTheOrder {
  readonly placement: Placement;
  readonly disturbs: boolean;
  readonly item: Looked;
}

/** What it has something of is there before it. */
function afterItsSources(item: Looked): InTheOrder {
  const { placement, disturbs } = item;
  return { item, disturbs, placement: { ...placement, after: sourcesOf(placement) } };
}

async function pullFailure(
  ports: Ports,
  { config }: Placing,
  { placement, plan }: Looked,
): Promise<Failure | undefined> {
  if (plan !== "run" && plan !== "replace") return undefined;
  const { container, node } = placement;
  try {
    const { connection, engine } = await reach(ports, nodeOf(config, node));
    await pullMissing(ports, { config, placement, connection, engine, say: () => undefined });
    return undefined;
  } catch (error) {
    return toFailure(error, { node, container });
  }
}

/** Where the layout wants it so, what was replaced before a rollout stopped is put back, too, one after the other. */
async function putBackEarlier(
  ports: Ports,
  input: Placing,
  { looked, rolled }: { readonly looked: readonly Looked[]; readonly rolled: FanOut<ActionRow> },
): Promise<readonly Failure[]> {
  const back: Failure[] = [];
  if (input.dryRun || ports.signal.aborted) return back;
  for (const item of looked) {
    const { placement, facts } = item;
    const failed = rolled.failures.find(
      ({ code, container }) => container === placement.container && code !== "rollout-stopped",
    );
    const row = rolled.results.find((each) => isSame(each, placement));
    if (placement.update?.onFailure !== "rollback" || !failed || !row?.swap || !facts) continue;
    back.push(await rollBackOne(ports, { ...input, ...item }, failed));
  }
  return back;
}

/** Whether a failure is of a placement: of its container, of its node, or of all. */
export function isConcerned(failure: Failure, placement: Placement): boolean {
  return (
    (failure.node === undefined || failure.node === placement.node) &&
    (failure.container === undefined || failure.container === placement.container)
  );
}

function isSame(one: Pick<Failure, "node" | "container">, other: Pick<Failure, "node" | "container">): boolean {
  return one.node === other.node && one.container === other.container;
}

/** A version whose image is missing on one node replaces nothing on the others. */
function whyNotReady(unready: readonly Failure[], { placement, disturbs }: InTheOrder): string | undefined {
  const own = unready.find((failure) => isConcerned(failure, placement));
  const other = unready.find((failure) => failure.container === placement.container);
  const failure = own ?? (disturbs ? other : undefined);
  return failure && `the image of ${placement.container} is not ready on ${failure.node ?? "every node"}`;
}

async function carryOut(
  ports: Ports,
  input: Placing,
  { item, group, step }: { item: Looked; group: readonly Placement[]; step: ProgressStep },
): Promise<Done> {
  const { placement, plan } = item;
  const { dryRun, conducted } = input;
  if (conducted && plan !== "keep") await lookOnceMore(ports, { ...input, conducted }, item);
  switch (plan) {
    case "keep": {
      const { rests, facts, found, observe } = item;
      if (rests) return { outcome: staysStopped(rests) };
      if (facts && isDone(facts)) return { outcome: "is done" };
      if (facts && isAlive(facts) && staleShare(placement, facts, found) !== undefined) {
        return applyLifecycle(ports, { ...input, placement, action: "restart", found, observe });
      }
      const isWaitedFor = group.some(({ after }) => after?.includes(placement.container));
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
async function lookOnceMore(
  ports: Ports,
  { config, conducted }: Pick<Placing, "config"> & { readonly conducted: Conducted },
  item: Looked,
): Promise<void> {
  const { placement, facts, plan, digest, images } = item;
  const engine = await ports.engines.on(nodeOf(config, placement.node), ports.signal);
  const now = await engine.container(facts?.name ?? placement.container);
  conducted.asPlanned(placement, { facts: now, wanted: { plan, digest, images, placement } });
}
