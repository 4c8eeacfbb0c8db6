import { checkImageName } from "../domain/build/image-name.ts";
import type { BuildFlags } from "../domain/build/plan.ts";
import type { Config, Placement } from "../domain/config/types.ts";
import { type Way, waysOf } from "../domain/delivery/ways.ts";
import { build as buildCommand } from "../domain/docker/client/build-command.ts";
import { type ErrorCode, type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { familiarName } from "../domain/registry/reference.ts";
import { render } from "../domain/shell.ts";
import { bytes as inBytes, plural } from "../domain/text.ts";
import { buildImage, type BuildImageInput } from "./image/build-image.ts";
import { type Delivery, openDelivery } from "./image/delivery.ts";
import { endsDelivery } from "./image/hand-out.ts";
import { lookAtNodes, type SeenNode } from "./image/look-at-nodes.ts";
import { sha256 } from "./kit/digest.ts";
import { fanOut } from "./kit/fan-out.ts";
import { nodeOf, type Observer, observer } from "./kit/observe/observer.ts";
import type { BuildContext, Ports, ProgressStep } from "./ports.ts";
import { type Limiter, limiter } from "../limiter.ts";
import { onceEach } from "../once.ts";
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
  /** Nodes that may have such an image and are asked for it; by default those where the layout has it too. */
  readonly alsoOn?: readonly string[];
}

export interface BuildRow {
  readonly container: string;
  readonly node: string;
  readonly image: string;
  readonly changed: boolean;
  /** `built (…)`, `delivered from n1 (…)`, `up to date` …; under --dry-run what would be run. */
  readonly outcome: string;
  /** Digest of the folder; null when the node's own was used. */
  readonly context: string | null;
  readonly durationMs: number;
}

/** Processors and disk are a node's limit, not the network. */
const buildsPerNode = 2;

/**
 * Makes images ready where the layout places them: each is built once for each kind of machine, and what was built is given to
 * the others. Every folder is read once for its digest; a node that has an image of that digest is skipped. Where an image cannot be
 * brought to a node, it is built there.
 */
export async function buildImages(ports: Ports, input: BuildInput): Promise<Report<{ images: readonly BuildRow[] }>> {
  const placements = input.placements.filter(isBuilt);
  const buildOf = openBuilds(ports, input);
  const made = await Promise.all([...new Set(placements.map(({ container }) => container))].map(buildOf));
  return {
    result: {
      images: inOrder(
        made.flatMap(({ rows }) => rows),
        placements,
      ),
    },
    failures: made.flatMap(({ failures }) => failures),
  };
}

/**
 * The same, one image at a time, for whoever goes on with what is ready: gets the name of an image. What they share is asked
 * for once. An image that is not built is ready.
 */
export function openBuilds(ports: Ports, input: BuildInput): (image: string) => Promise<Made> {
  const observe = observer(ports, input.config);
  const contextOf = onceEach((folder: string) => ports.contexts.open(folder, ports.signal));
  const limitOn = onceEach((_node: string) => limiter(buildsPerNode));
  return async (image) => {
    const placements = input.placements.filter(isBuilt).filter(({ container }) => container === image);
    if (placements.length === 0) return { rows: [], failures: [] };
    return makeReady(ports, { ...input, image, placements, observe, contextOf, limitOn });
  };
}

type BuiltPlacement = Placement & { readonly build: string };

function isBuilt(placement: Placement): placement is BuiltPlacement {
  return placement.build !== undefined;
}

/** As the layout has them; a builder that runs none itself comes last. */
function inOrder(rows: readonly BuildRow[], placements: readonly Placement[]): readonly BuildRow[] {
  const at = ({ container, node }: BuildRow): number => {
    const index = placements.findIndex((each) => each.container === container && each.node === node);
    return index === -1 ? placements.length : index;
  };
  return rows.toSorted((a, b) => at(a) - at(b));
}

/** An image of the layout, and the places that want it. */
interface One extends BuildInput {
  readonly image: string;
  readonly placements: readonly BuiltPlacement[];
  readonly observe: Observer;
  readonly contextOf: (folder: string) => Promise<BuildContext | undefined>;
  readonly limitOn: (node: string) => Limiter;
}

interface Made {
  readonly rows: readonly BuildRow[];
  readonly failures: readonly Failure[];
}

async function makeReady(ports: Ports, one: One): Promise<Made> {
  const { config, image, placements, observe, contextOf, dryRun } = one;
  const wanting = placements.map(({ node }) => node);
  const failed = (error: unknown): Made => ({
    rows: [],
    failures: wanting.map((node) => toFailure(error, { node, container: image })),
  });
  let context: BuildContext | undefined;
  try {
    checkImageName(image);
    for (const node of wanting) observe.images(node).catch(() => undefined);
    context = await contextOf(placements[0]?.build ?? "");
  } catch (error) {
    return failed(error);
  }
  const builders = config.nodes.filter(({ builder }) => builder === true).map(({ name }) => name);
  const { seen, failures } = await lookAtNodes(observe, {
    image,
    context: context?.digest,
    wanting,
    others: [...new Set([...(one.alsoOn ?? layoutNodes(one)), ...builders])].filter((node) => !wanting.includes(node)),
    rebuildUnseen: one.rebuildUnseen ?? false,
    flags: one,
  });
  const isFresh = one.force || one.noCache || one.pull;
  const stored = isFresh || !context ? new Set<string>() : await storedMachines(ports, { image, context, seen });
  const ways = waysOf({
    nodes: seen,
    builders,
    stored: (machine) => stored.has(machine),
    isSeen: context !== undefined,
  });
  const work: Work = {
    ...one,
    context,
    seen,
    delivery: openDelivery(ports, { config, name: image, context: context?.digest ?? null }),
  };
  // Begun by whoever needs it first: its own node's turn, or one that waits for it.
  const built = onceEach((node: string, way: Extract<Way, { do: "build" }>) =>
    stepOn(ports, work, { node, way }, (step) => build(ports, work, { node, way, step })),
  );
  const done = await fanOut(ports, [...ways], {
    place: ([node]) => ({ node, container: image }),
    work: async ([node, way]) => {
      if (way.do === "build") return built(node, way);
      if (way.do === "nothing") {
        return stepOn(ports, work, { node, way }, () => Promise.resolve({ outcome: way.reason, changed: false }));
      }
      const source = way.from === null ? undefined : ways.get(way.from);
      // What is wrong with the folder is wrong everywhere.
      if (way.from !== null && source?.do === "build") await built(way.from, source).catch(throwIfOfFolder);
      return stepOn(ports, work, { node, way }, (step) => deliver(ports, work, { node, way, step }));
    },
  });
  if (!dryRun && context && config.heartbeat.automatic) await keepForFailover(ports, work, done.results);
  return { rows: done.results, failures: [...failures, ...done.failures] };
}

/** Where else the layout has it. */
function layoutNodes({ config, image }: One): readonly string[] {
  return config.placements
    .filter(({ container, build }) => container === image && build !== undefined)
    .map(({ node }) => node);
}

/** The kinds of machine that this one has the image for. */
async function storedMachines(
  { imageStore }: Pick<Ports, "imageStore">,
  {
    image,
    context,
    seen,
  }: { readonly image: string; readonly context: BuildContext; readonly seen: readonly SeenNode[] },
): Promise<ReadonlySet<string>> {
  const lacking = seen.filter(({ wants, plan }) => wants && plan.build);
  const machines = [...new Set(lacking.flatMap(({ machine }) => machine ?? []))];
  const wanted = { name: familiarName(image), context: context.digest };
  const found = await Promise.all(
    // A store that cannot be read is an empty one.
    machines.map((machine) => imageStore.find({ ...wanted, machine }).catch(() => undefined)),
  );
  return new Set(machines.filter((_, index) => found[index] !== undefined));
}

interface Work extends One {
  readonly context: BuildContext | undefined;
  readonly seen: readonly SeenNode[];
  readonly delivery: Delivery;
}

type Done = Pick<BuildRow, "outcome" | "changed">;

/** One image on one node: shown as a step while it goes on, and timed. */
async function stepOn(
  ports: Ports,
  { image, context }: Work,
  { node, way }: { readonly node: string; readonly way: Way },
  work: (step: ProgressStep) => Promise<Done>,
): Promise<BuildRow> {
  const step = ports.progress.step(`${image}@${node}`, way.do === "deliver" ? "deliver" : "build");
  const startedAt = ports.clock.monotonic();
  try {
    const done = await work(step);
    step.done(done.outcome);
    const durationMs = Math.round(ports.clock.monotonic() - startedAt);
    return { container: image, node, image, ...done, context: context?.digest ?? null, durationMs };
  } catch (error) {
    step.fail();
    throw error;
  }
}

interface On<W extends Way["do"]> {
  readonly node: string;
  readonly way: Extract<Way, { readonly do: W }>;
  readonly step: ProgressStep;
}

async function build(ports: Ports, work: Work, { node, way, step }: On<"build">): Promise<Done> {
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

function keptOn({ contexts }: Ports, { context, config, image }: Work, node: string): BuildImageInput["kept"] {
  if (!context || context.bytes < keptFromBytes) return undefined;
  return { key: sha256(`${config.cluster} ${image}`).slice(0, 24), sent: contexts.sent(context.folder, node) };
}

async function deliver(ports: Ports, work: Work, { node, way, step }: On<"deliver">): Promise<Done> {
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
    return build(ports, work, { node, way: { do: "build", reason }, step });
  }
}

/** So that it is there when its node is dead. What cannot be kept is told, and stops nothing. */
async function keepForFailover(ports: Ports, work: Work, rows: readonly BuildRow[]): Promise<void> {
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

function throwIfOfFolder(error: unknown): void {
  const { code, message } = toFailure(error);
  if (ofFolder.has(code) && !ofDisk.test(message)) throw error;
}

/** Another node may have the room that the builder lacks. */
const ofDisk = /no space left on device/i;

const ofFolder: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["docker-failed", "build-context-invalid", "interrupted"]);

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

function eventOn({ image, context, seen }: Work, node: string): BuildEvent {
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
