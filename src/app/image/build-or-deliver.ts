import type { BuildFlags } from "../../domain/build/plan.ts";
import type { Config, Placement } from "../../domain/config/types.ts";
import type { Way } from "../../domain/delivery/ways.ts";
import { build as buildCommand } from "../../domain/docker/client/build-command.ts";
import { PictlError, toFailure } from "../../domain/errors.ts";
import { render } from "../../domain/shell.ts";
import { bytes as inBytes, plural } from "../../domain/text.ts";
import { sha256 } from "../kit/digest.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { record } from "../kit/record.ts";
import type { BuildContext, Ports, ProgressStep } from "../ports.ts";
import { buildImage, type BuildImageInput } from "./build-image.ts";
import type { Delivery } from "./delivery.ts";
import { endsDelivery } from "./hand-out.ts";
import type { SeenNode } from "./look-at-nodes.ts";

/** An image that is made ready on nodes, with what is known of it and of them. */
export interface ImageWork extends Pick<BuildFlags, "noCache" | "pull"> {
  readonly config: Config;
  readonly dryRun: boolean;
  readonly image: string;
  /** Those that want it. */
  readonly placements: readonly (Placement & { readonly build: string })[];
  /** So that no node builds too many at once. */
  readonly limitOn: (node: string) => <T>(work: () => Promise<T>) => Promise<T>;
  readonly context: BuildContext | undefined;
  readonly seen: readonly SeenNode[];
  readonly delivery: Delivery;
}

/** What was done on a node, in words; under --dry-run what would be. */
export interface ImageOutcome {
  readonly outcome: string;
  readonly changed: boolean;
}

interface On<W extends Way["do"]> {
  readonly node: string;
  readonly way: Extract<Way, { readonly do: W }>;
  readonly step: ProgressStep;
}

/** Builds the image on a node, from its folder here, or the node's own. Rejects as `buildImage`. */
export async function buildOn(ports: Ports, work: ImageWork, { node, way, step }: On<"build">): Promise<ImageOutcome> {
  const { image, context, noCache, pull, dryRun } = work;
  const folder = work.placements[0]?.build ?? "";
  const command = buildCommand({ image, folder, context: context?.digest, noCache, pull });
  if (dryRun) return { outcome: `would run: ${render(command)}${sent(context)} (${way.reason})`, changed: false };
  await work.limitOn(node)(async () => {
    ports.signal.throwIfAborted();
    step.update(way.reason);
    const connection = await ports.nodes.connect(nodeOf(work.config, node), ports.signal);
    const onStep = (text: string): void => {
      step.update(text);
    };
    await recorded(ports, eventOn(work, node), () =>
      buildImage({
        connection,
        image,
        command,
        context,
        folder,
        onStep,
        kept: keptOn(ports, work, node),
        signal: ports.signal,
      }),
    );
  });
  return { outcome: `built (${way.reason})`, changed: true };
}

/** What is smaller is sent as a whole, and needs no place on the node. */
const keptFromBytes = 1024 * 1024;

function keptOn({ contexts }: Ports, { context, config, image }: ImageWork, node: string): BuildImageInput["kept"] {
  if (!context || context.bytes < keptFromBytes) return undefined;
  return { key: sha256(`${config.cluster} ${image}`).slice(0, 24), sent: contexts.sent(context.folder, node) };
}

/**
 * Gives a node the image that another one has, or this machine, and builds it there where that fails. Rejects with what
 * `endsDelivery` names, and as `buildOn`.
 */
export async function deliverTo(
  ports: Ports,
  work: ImageWork,
  { node, way, step }: On<"deliver">,
): Promise<ImageOutcome> {
  const { from, reason } = way;
  const source = from ?? "this machine";
  if (work.dryRun) return { outcome: `would be delivered from ${source} (${reason})`, changed: false };
  const say = (text: string): void => {
    step.update(text);
  };
  try {
    const startedAt = ports.clock.monotonic();
    const { bytes } = await work.delivery.give(node, from, say);
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    await record(ports, { ...eventOn(work, node), type: "image.delivered", durationMs });
    return { outcome: `delivered from ${source} (${reason}, ${inBytes(bytes)})`, changed: true };
  } catch (error) {
    const { code, message } = toFailure(error);
    const isOwn = !(error instanceof PictlError) || error.node === undefined || error.node === node;
    if (isOwn && (ports.signal.aborted || endsDelivery.has(code))) throw error;
    ports.progress.warn(
      `${work.image} is built on ${node}, since it could not be delivered from ${source}: ${message}`,
    );
    return buildOn(ports, work, { node, way: { do: "build", reason }, step });
  }
}

/** So that it is there when its node is dead. What cannot be kept is told, and stops nothing. */
export async function keepForFailover(
  ports: Ports,
  work: ImageWork,
  rows: readonly { readonly node: string; readonly changed: boolean }[],
): Promise<void> {
  if (!work.placements.some(({ movable }) => movable === true)) return;
  const machines = new Set<string | undefined>();
  for (const { node } of rows.filter(({ changed }) => changed)) {
    const machine = work.seen.find((each) => each.node === node)?.machine;
    if (machines.has(machine)) continue;
    machines.add(machine);
    await work.delivery
      .collect(node, () => undefined)
      .catch((error: unknown) => {
        ports.progress.warn(`${work.image} is not kept for when ${node} fails: ${toFailure(error).message}`);
      });
  }
}

function sent(context: BuildContext | undefined): string {
  return context === undefined
    ? ""
    : ` < ${plural(context.files, "file")}, ${plural(context.bytes, "byte")}, of ${context.folder}`;
}

interface BuildEvent {
  readonly node: string;
  readonly container: string;
  readonly before: unknown;
  readonly after: unknown;
}

function eventOn({ image, context, seen }: ImageWork, node: string): BuildEvent {
  const before = seen.find((each) => each.node === node)?.before ?? null;
  return { node, container: image, before, after: context?.digest ?? null };
}

/** Writes down that a build was done, or was begun and failed. */
async function recorded(ports: Ports, event: BuildEvent, work: () => Promise<void>): Promise<void> {
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
