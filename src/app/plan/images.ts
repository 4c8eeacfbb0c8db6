import type { Config, Placement } from "../../domain/config/types.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import type { PlanStep } from "../../domain/plan/types.ts";
import { buildImages } from "../build.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { fanOut } from "../kit/fan-out.ts";
import { record } from "../kit/record.ts";
import { pullMissing } from "../place/prepare/image.ts";
import type { Ports } from "../ports.ts";
import { reach } from "../kit/reach.ts";

export interface ImageDone {
  readonly step: PlanStep;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Makes the images of these steps ready, all at once. A failure names the container and the node of its step. */
export async function readyImages(
  ports: Ports,
  {
    config,
    steps,
    placementOf,
  }: {
    readonly config: Config;
    readonly steps: readonly PlanStep[];
    readonly placementOf: (step: PlanStep) => Placement | undefined;
  },
): Promise<{ readonly done: readonly ImageDone[]; readonly failures: readonly Failure[] }> {
  const builds = steps.filter(({ kind }) => kind === "build" || kind === "deliver");
  const flags = { noCache: false, pull: false, force: false, dryRun: false };
  const [built, pulled] = await Promise.all([
    buildImages(ports, { config, placements: builds.flatMap((each) => placementOf(each) ?? []), ...flags }),
    fanOut(
      ports,
      steps.filter(({ kind }) => kind === "pull"),
      {
        place: ({ container, node }) => ({ container, node }),
        work: (step) => pullOne(ports, { config, step, placement: placementOf(step) }),
      },
    ),
  ]);
  const isOf = (step: PlanStep, row: { container?: string; node?: string }): boolean =>
    (row.node === undefined || row.node === step.node) &&
    (row.container === undefined || row.container === step.container);
  const done = builds.flatMap((step): ImageDone[] => {
    const row = built.result.images.find((each) => isOf(step, each));
    return row ? [{ step, outcome: row.outcome, durationMs: row.durationMs }] : [];
  });
  const failures = built.failures.flatMap((failure) =>
    builds
      .filter((step) => isOf(step, failure))
      .map(({ container, node }): Failure => ({ ...failure, container, node })),
  );
  return { done: [...done, ...pulled.results], failures: [...failures, ...pulled.failures] };
}

async function pullOne(
  ports: Ports,
  {
    config,
    step,
    placement,
  }: { readonly config: Config; readonly step: PlanStep; readonly placement: Placement | undefined },
): Promise<ImageDone> {
  const { container, node: name } = step;
  if (!placement) throw new RangeError("a pull is for a place of the layout");
  const progress = ports.progress.step(`${container}@${name}`, "pull");
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  const event = { node: name, after: { image: placement.image } };
  try {
    const node = nodeOf(config, name);
    const { connection, engine } = await reach(ports, node);
    const outcome = await pullMissing(ports, {
      config,
      placement,
      connection,
      engine,
      say: (text) => {
        progress.update(text);
      },
    });
    progress.done(outcome);
    if (outcome === "pulled") await record(ports, { ...event, type: "image.pulled", durationMs: elapsed() });
    return { step, outcome, durationMs: elapsed() };
  } catch (error) {
    progress.fail();
    if (!ports.signal.aborted) {
      const { message } = toFailure(error);
      await record(ports, { ...event, type: "image.pull-failed", durationMs: elapsed(), error: message });
    }
    throw error;
  }
}
