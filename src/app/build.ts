import { checkImageName } from "../domain/build/image-name.ts";
import type { BuildFlags } from "../domain/build/plan.ts";
import type { Config, Placement } from "../domain/config/types.ts";
import { type Way, waysOf } from "../domain/delivery/ways.ts";
import { type ErrorCode, type Failure, toFailure } from "../domain/errors.ts";
import { familiarName } from "../domain/registry/reference.ts";
import { buildOn, deliverTo, type ImageOutcome, type ImageWork, keepForFailover } from "./image/build-or-deliver.ts";
import { openDelivery } from "./image/delivery.ts";
import { lookAtNodes, type SeenNode } from "./image/look-at-nodes.ts";
import { fanOut } from "./kit/fan-out.ts";
import { type Observer, observer } from "./kit/observe/observer.ts";
import type { BuildContext, Ports, ProgressStep } from "./ports.ts";
import { type Limiter, limiter } from "../limiter.ts";
import { onceEach } from "../once.ts";
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
  const { placements } = input;
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
  const work: ImageWork = {
    ...one,
    context,
    seen,
    delivery: openDelivery(ports, { config, name: image, context: context?.digest ?? null }),
  };
  // Begun by whoever needs it first: its own node's turn, or one that waits for it.
  const built = onceEach((node: string, way: Extract<Way, { do: "build" }>) =>
    stepOn(ports, work, { node, way }, (step) => buildOn(ports, work, { node, way, step })),
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
      return stepOn(ports, work, { node, way }, (step) => deliverTo(ports, work, { node, way, step }));
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

/** One image on one node: shown as a step while it goes on, and timed. */
async function stepOn(
  ports: Ports,
  { image, context }: ImageWork,
  { node, way }: { readonly node: string; readonly way: Way },
  work: (step: ProgressStep) => Promise<ImageOutcome>,
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

function throwIfOfFolder(error: unknown): void {
  const { code, message } = toFailure(error);
  if (ofFolder.has(code) && !ofDisk.test(message)) throw error;
}

/** Another node may have the room that the builder lacks. */
const ofDisk = /no space left on device/i;

const ofFolder: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["docker-failed", "build-context-invalid", "interrupted"]);
