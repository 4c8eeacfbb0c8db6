import type { Config, Placement } from "../../domain/config/types.ts";
import { askedOf } from "../../domain/container/drift/asked.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { type EnvVariable, withEnvironmentOnStdin } from "../../domain/container/environment/variables.ts";
import { imageOf, runInput } from "../../domain/container/drift/wanted.ts";
import * as docker from "../../domain/docker/client/commands.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { CreatePlan } from "../../domain/container/create.ts";
import { checkOf, type Gates, gatesOf, type Passed } from "../../domain/place/gate.ts";
import { isNameOf } from "../../domain/place/names.ts";
import { takenPort } from "../../domain/placement/ports.ts";
import { freshSteps, swapSteps } from "../../domain/place/steps.ts";
import { chooseSwap, fillsVolumes, type Swap, swapInWords } from "../../domain/place/swap.ts";
import { render } from "../../domain/shell.ts";
import type { Done } from "../kit/act.ts";
import { withSecrets } from "./prepare/environment.ts";
import { newGeneration, notePlaced } from "../copies/generations.ts";
import { dropOutlived, keepImage, rememberPlacement } from "../history/remember.ts";
import { inheritVolumes, tellLeft } from "./prepare/inherit.ts";
import { underLock } from "../kit/locks.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Engine, Ports, ProgressStep } from "../ports.ts";
import { passGate, tellVainGate } from "./gate.ts";
import type { PortTurns } from "./rollout/port-turns.ts";
import { putInPlace } from "./put.ts";
import { tellProxy } from "./switch.ts";

/** How containers are put in place, as a command line says it. */
export interface PlaceOptions {
  /** Of the old copy; missing: as long as it says itself. */
  readonly graceSeconds?: number | undefined;
  /** How long a new copy may take until its check succeeds; undefined: as its layout entry says, or by default. */
  readonly patienceMs?: number | undefined;
  /** A new copy only has to run. */
  readonly skipsCheck?: boolean;
}

interface Place extends PlaceOptions {
  readonly config: Config;
  readonly placement: Placement;
  /** The copy that is there. */
  readonly facts: ContainerFacts | undefined;
  readonly digest: string;
  /** What its `env_file` says. */
  readonly fromFile: readonly EnvVariable[];
  readonly plan: CreatePlan;
  readonly stillLocked: () => Promise<void>;
  /** Of the command that replaces others, too. */
  readonly portTurns?: PortTurns | undefined;
}

/** Makes a container where there is none, or replaces the one that is there, by the best swap that it allows. */
export async function replaceOrMake(ports: Ports, place: Place & { readonly step: ProgressStep }): Promise<Done> {
  const { config, placement, facts, step } = place;
  const { container } = placement;
  const node = nodeOf(config, placement.node);
  const engine = await ports.engines.on(node, ports.signal);
  const generation = await newGeneration(ports, [facts], { dryRun: false });
  const { run, left, swap, gates, mayFill } = await prepare(place, { engine, generation });
  tellVainGate(ports, placement, gates);
  const environment = await withSecrets(ports, placement, place.fromFile);
  const connection = await ports.nodes.connect(node, ports.signal);
  if (swap && facts?.state === "running") {
    step.update(swap.kind);
    if (swap.kind === "stop-first") ports.progress.warn(`${container} is replaced ${swapInWords(swap)}.`);
  }
  await notePlaced(ports, container, generation);
  if (facts) await keepImage(ports, { connection, container, old: facts });
  const record = { placement, generation, digest: place.digest, engine };
  const { gapMs, passed } = await putInPlace(ports, {
    cluster: config.cluster,
    node,
    connection,
    engine,
    placement,
    old: facts,
    run,
    fillsVolumes: mayFill,
    generation,
    environment,
    steps: swap
      ? swapSteps(container, { swap, gates, graceSeconds: place.graceSeconds, old: facts })
      : freshSteps(container, gates),
    patienceMs: place.patienceMs ?? placement.patienceMs,
    mayEnd: placement.oneOff === true || facts?.state !== "running",
    step,
    portTurns: place.portTurns,
    stillLocked: place.stillLocked,
    underLock: (undo) => underLock(ports, { config, place: placement, stillLocked: place.stillLocked }, undo),
    onSwitch: (next) => tellProxy(ports, { config, placement, engine, next }),
  }).catch(async (error: unknown) => {
    if (!ports.signal.aborted) await rememberPlacement(ports, { ...record, outcome: "failed" });
    throw error;
  });
  await rememberPlacement(ports, { ...record, outcome: "placed" });
  if (facts) await dropOutlived(engine, { connection, placement });
  tellLeft(ports, placement, left);
  const after = { image: imageOf(placement), generation };
  const event = { type: "container.created", before: facts?.state ?? null };
  if (!swap) return { outcome: `created${place.skipsCheck ? ", not checked" : ""}`, event: { ...event, after } };
  const gap = facts?.state === "running" ? gapOf(gapMs, passed) : null;
  return {
    outcome: `replaced (${swap.kind}${gap === null ? "" : `, ${gap.text}`}; ${passed.told})`,
    swap: swap.kind,
    gapMs: gap?.ms ?? null,
    // Not the arguments: they may hold a password.
    event: { ...event, after: { ...after, swap: swap.kind, gapMs: gap?.ms ?? null } },
  };
}

/** Without a check, nobody knows when the new copy began to serve. */
function gapOf(gapMs: number, { serves }: Passed): { readonly text: string; readonly ms: number | null } {
  if (gapMs > 0) return { text: `gap ${(gapMs / 1000).toFixed(1)} s`, ms: gapMs };
  return serves ? { text: "no gap", ms: 0 } : { text: "gap unknown", ms: null };
}

/** What `replaceOrMake` would do. */
export async function wouldPlace(ports: Ports, place: Place): Promise<Done> {
  const { config, placement, facts } = place;
  const engine = await ports.engines.on(nodeOf(config, placement.node), ports.signal);
  const generation = await newGeneration(ports, [facts], { dryRun: true });
  const { run, left, swap, gates } = await prepare(place, { engine, generation });
  tellVainGate(ports, placement, gates);
  const environment = await withSecrets(ports, placement, place.fromFile);
  tellLeft(ports, placement, left);
  const command = render(docker.withoutOwnLabels(withEnvironmentOnStdin(docker.run(run), environment)));
  return { outcome: `${swap ? `would replace it ${swapInWords(swap)}; ` : ""}would run: ${command}` };
}

interface Prepared {
  readonly run: docker.RunInput;
  readonly left: Awaited<ReturnType<typeof inheritVolumes>>["left"];
  readonly swap: Swap | undefined;
  readonly gates: Gates;
  readonly mayFill: boolean;
}

async function prepare(
  { config, placement, facts, digest, skipsCheck = false }: Place,
  { engine, generation }: { readonly engine: Engine; readonly generation: number },
): Promise<Prepared> {
  const [containers, images] = await Promise.all([engine.containers(), engine.images()]);
  const { args, left } = await inheritVolumes(engine, { placement, from: facts, containers, images });
  const image = imageNamed(images, imageOf(placement));
  const check = checkOf(config, placement);
  const declares = image && (await engine.declares(image.id));
  const chosen = facts && chooseSwap({ placement, old: facts, check, declares });
  const others = containers.filter(({ name }) => !isNameOf(placement.container, name) && name !== facts?.name);
  const taken = chosen?.kind === "hand-off" ? takenPort(args, others) : undefined;
  const swap: Swap | undefined = taken
    ? { kind: "stop-first", why: `it is to have port ${String(taken.port)}, which ${taken.by} has yet` }
    : chosen;
  return {
    run: runInput({ ...placement, args }, { cluster: config.cluster, generation, digest, asked: askedOf(placement) }),
    left,
    swap,
    gates: gatesOf(swap?.kind, { check, skips: skipsCheck }),
    mayFill: fillsVolumes(args, declares),
  };
}

/** Rejects with gate-failed when a container that runs does not do its work. */
export async function seeThatItWorks(
  ports: Ports,
  { config, placement, patienceMs }: { config: Config; placement: Placement; patienceMs?: number | undefined },
): Promise<void> {
  const { container } = placement;
  const node = nodeOf(config, placement.node);
  const { after: gate } = gatesOf(undefined, { check: checkOf(config, placement), skips: false });
  if (!gate) return;
  await passGate(ports, {
    node,
    engine: await ports.engines.on(node, ports.signal),
    gate,
    name: container,
    container,
    patienceMs: patienceMs ?? placement.patienceMs,
    mayEnd: placement.oneOff === true,
  });
}
