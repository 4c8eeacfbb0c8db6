import { checkImageName } from "../domain/build/image-name.ts";
import { type BuildFlags, planBuild } from "../domain/build/plan.ts";
import type { Config, Placement } from "../domain/config/types.ts";
import { imageNamed } from "../domain/container/drift.ts";
import { build } from "../domain/docker/build-command.ts";
import { labels } from "../domain/docker/labels.ts";
import { toFailure } from "../domain/errors.ts";
import { render } from "../domain/shell.ts";
import { plural } from "../domain/text.ts";
import { buildImage } from "./image/build-image.ts";
import { fanOut } from "./kit/fan-out.ts";
import { nodeOf, type Observer, observer } from "./kit/observe.ts";
import type { BuildContext, Ports, Step } from "./ports.ts";
import { record } from "./kit/record.ts";
import type { Report } from "./kit/report.ts";

export interface BuildInput extends BuildFlags {
  readonly config: Config;
  /** Those that run a registry's image are left out. */
  readonly placements: readonly Placement[];
  readonly dryRun: boolean;
  /**
   * Build anew where the controller has no such folder and the node's own is used, which nobody can compare;
   * otherwise such an image is built only when it is missing.
   */
  readonly rebuildUnseen?: boolean;
}

export interface BuildRow {
  readonly container: string;
  readonly node: string;
  readonly image: string;
  readonly changed: boolean;
  /** `built (…)`, `up to date` …; under --dry-run what would be run. */
  readonly outcome: string;
  /** Digest of the folder; null when the node's own was used. */
  readonly context: string | null;
  readonly durationMs: number;
}

/** Processors and disk are a node's limit, not the network. */
const buildsPerNode = 2;

/**
 * Builds images where the layout places them: all nodes at once, two images at a time on each. Every folder is read
 * once for its digest; a node that has an image of that digest is skipped.
 */
export async function buildImages(ports: Ports, input: BuildInput): Promise<Report<{ images: readonly BuildRow[] }>> {
  const placements = input.placements.filter(isBuilt);
  const observe = observer(ports, input.config);
  const contextOf = oncePerFolder((folder) => ports.contexts.open(folder, ports.signal));
  const nodes = [...new Set(placements.map((placement) => placement.node))];
  const { results, failures } = await fanOut(ports, nodes, {
    place: (node) => ({ node }),
    work: (node) =>
      fanOut(
        { signal: ports.signal, concurrency: buildsPerNode },
        placements.filter((placement) => placement.node === node),
        {
          place: ({ container }) => ({ node, container }),
          work: (placement) => buildOne(ports, { ...input, placement, observe, contextOf }),
        },
      ),
  });
  return {
    result: { images: results.flatMap((each) => each.results) },
    failures: [...failures, ...results.flatMap((each) => each.failures)],
  };
}

type BuiltPlacement = Placement & { readonly build: string };

function isBuilt(placement: Placement): placement is BuiltPlacement {
  return placement.build !== undefined;
}

type ContextOf = (folder: string) => Promise<BuildContext | undefined>;

function oncePerFolder(open: ContextOf): ContextOf {
  const opened = new Map<string, ReturnType<ContextOf>>();
  return (folder) => {
    const context = opened.get(folder) ?? open(folder);
    opened.set(folder, context);
    return context;
  };
}

interface One extends BuildInput {
  readonly placement: BuiltPlacement;
  readonly observe: Observer;
  readonly contextOf: ContextOf;
}

async function buildOne(ports: Ports, one: One): Promise<BuildRow> {
  const { container, node } = one.placement;
  const step = ports.progress.step(`${container}@${node}`, "build");
  const startedAt = ports.clock.monotonic();
  try {
    const { outcome, changed, context } = await buildIfNeeded(ports, one, step);
    step.done(outcome);
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    return { container, node, image: container, changed, outcome, context, durationMs };
  } catch (error) {
    step.fail();
    throw error;
  }
}

async function buildIfNeeded(
  ports: Ports,
  one: One,
  step: Step,
): Promise<Pick<BuildRow, "outcome" | "changed" | "context">> {
  const { placement, observe, contextOf } = one;
  const { container: image, node, build: folder } = placement;
  checkImageName(image);
  const looking = observe.images(node);
  looking.catch(() => undefined);
  const context = await contextOf(folder);
  const images = await looking;
  const facts = { image, images, context: context?.digest, rebuildUnseen: one.rebuildUnseen ?? false };
  const plan = planBuild(facts, one);
  const seen = context?.digest ?? null;
  if (!plan.build) return { outcome: plan.reason, changed: false, context: seen };

  const command = build({ image, folder, context: context?.digest, noCache: one.noCache, pull: one.pull });
  if (one.dryRun) {
    return { outcome: `would run: ${render(command)}${sent(context)} (${plan.reason})`, changed: false, context: seen };
  }
  step.update(plan.reason);
  const connection = await ports.nodes.connect(nodeOf(one.config, node), ports.signal);
  const onStep = (text: string): void => {
    step.update(text);
  };
  const before = imageNamed(images, image)?.labels[labels.context] ?? null;
  await recorded(ports, { node, container: image, before, after: seen }, () =>
    buildImage({ connection, image, command, context, folder, onStep, signal: ports.signal }),
  );
  return { outcome: `built (${plan.reason})`, changed: true, context: seen };
}

function sent(context: BuildContext | undefined): string {
  return context === undefined
    ? ""
    : ` < ${plural(context.files, "file")}, ${String(context.bytes)} bytes, of ${context.folder}`;
}

/** Writes down that a build was done, or was begun and failed. */
async function recorded(
  ports: Ports,
  event: { readonly node: string; readonly container: string; readonly before: unknown; readonly after: unknown },
  work: () => Promise<void>,
): Promise<void> {
  const startedAt = ports.clock.monotonic();
  const elapsed = (): number => Math.round(ports.clock.monotonic() - startedAt);
  try {
    await work();
  } catch (error) {
    const { message } = toFailure(error);
    await record(ports, { ...event, type: "image.build-failed", durationMs: elapsed(), error: message });
    throw error;
  }
  await record(ports, { ...event, type: "image.built", durationMs: elapsed() });
}
