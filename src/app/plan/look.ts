import type { Config, Placement } from "../../domain/config/types.ts";
import type { Wish } from "../../domain/container/drift/drift.ts";
import { type Generations, noGenerations, withSeen } from "../../domain/container/copies/generations.ts";
import { isOurs, latestBelieved } from "../../domain/container/copies/ownership.ts";
import type { NodeState } from "../../domain/container/status.ts";
import { imageOf } from "../../domain/container/drift/wanted.ts";
import type { ImageDeclares } from "../../domain/docker/facts.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import { imageNamed } from "../../domain/container/drift/drift.ts";
import { plan } from "../../domain/plan/plan.ts";
import type { Plan, PlanInput, PlanOptions } from "../../domain/plan/types.ts";
import { fanOut } from "../kit/fan-out.ts";
import { looking, lookWithin } from "../kit/observe/looking.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { readEnvironments, wishOf } from "../place/prepare/environment.ts";
import type { Ports } from "../ports.ts";

export interface PlanRequest extends PlanOptions {
  readonly config: Config;
  /** The names of the containers that are planned; undefined for all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** The nodes that are looked at, besides those where `only` were last seen; undefined for all. */
  readonly nodes?: readonly string[] | undefined;
}

export interface PlannedLook extends Plan {
  /** What the nodes have that answer. */
  readonly states: ReadonlyMap<string, NodeState>;
}

/** Looks at the nodes and plans. Changes nothing. What cannot be looked at is a failure. */
export async function makePlan(ports: Ports, request: PlanRequest): Promise<PlannedLook> {
  const { config, only } = request;
  const inhabited = (await ports.inhabited.read()) ?? [];
  // One that nobody asked would be taken for one that does not answer.
  const lastSeenOn = inhabited
    .filter(({ containers }) => containers.some((each) => only?.has(each) ?? true))
    .map(({ name }) => name);
  const nodes = config.nodes.filter(
    ({ name }) => request.nodes === undefined || request.nodes.includes(name) || lastSeenOn.includes(name),
  );
  const placements = config.placements.filter(({ container }) => only?.has(container) ?? true);
  const [looks, environments, folders, moves] = await Promise.all([
    fanOut(ports, nodes, { place: ({ name: node }) => ({ node }), work: (node) => lookAt(ports, node) }),
    readEnvironments(ports, placements),
    readFolders(ports, placements),
    ports.journal.read(),
  ]);
  const wishes = new Map<Placement, Wish>();
  for (const each of placements) {
    const wish = await wishOf(ports, each, environments.of(each));
    // What cannot be built is left as it is.
    wishes.set(each, folders.unread.has(each) ? { ...wish, digest: undefined } : wish);
  }
  const states = new Map(looks.results);
  const known = (await ports.generations.read()) ?? noGenerations;
  const input: PlanInput = {
    ...request,
    states,
    silent: nodes.map(({ name }) => name).filter((name) => !states.has(name)),
    wish: (placement) => wishes.get(placement) ?? { digest: undefined, image: imageOf(placement) },
    folder: (placement) => folders.digests.get(placement.build ?? ""),
    declares: () => undefined,
    moves,
    generations: seenBy(known, config, { states, nowMs: ports.clock.now() }),
    inhabited,
  };
  const made = await withDeclared(ports, input, config);
  return {
    states,
    steps: made.steps,
    failures: [...looks.failures, ...environments.failures, ...folders.failures, ...made.failures],
  };
}

async function lookAt(ports: Ports, node: Config["nodes"][number]): Promise<readonly [string, NodeState]> {
  return looking(ports, node.name, () =>
    lookWithin(ports, node.name, async (signal) => {
      const engine = await ports.engines.on(node, signal);
      const [containers, images, marks, { architecture: machine }] = await Promise.all([
        engine.containers(),
        engine.images(),
        engine.stopMarks(),
        engine.info(),
      ]);
      return [node.name, { containers, images, marks, machine }] as const;
    }),
  );
}

/** What runs where the layout has it is known to that layout from then on. */
export function seenBy(
  known: Generations,
  config: Config,
  { states, nowMs }: { readonly states: ReadonlyMap<string, NodeState>; readonly nowMs: number },
): Generations {
  return [...states].reduce((all, [node, { containers }]) => {
    const copies = containers.filter((each) => isOurs(each, config.cluster));
    return withSeen(all, config, { node, copies, latest: latestBelieved(nowMs, 0) });
  }, known);
}

interface Folders {
  readonly digests: ReadonlyMap<string, string | undefined>;
  readonly unread: ReadonlySet<Placement>;
  readonly failures: readonly Failure[];
}

async function readFolders(ports: Ports, placements: readonly Placement[]): Promise<Folders> {
  const digests = new Map<string, string | undefined>();
  const failed = new Map<string, unknown>();
  await Promise.all(
    [...new Set(placements.flatMap(({ build }) => build ?? []))].map(async (folder) => {
      try {
        digests.set(folder, (await ports.contexts.open(folder, ports.signal))?.digest);
      } catch (error) {
        failed.set(folder, error);
      }
    }),
  );
  const unread = placements.filter(({ build = "" }) => failed.has(build));
  return {
    digests,
    unread: new Set(unread),
    failures: unread.map(({ container, node, build = "" }) => toFailure(failed.get(build), { container, node })),
  };
}

/** How a copy is swapped depends on what its image declares, which only those that are replaced are asked. */
async function withDeclared(ports: Ports, input: PlanInput, config: Config): Promise<Plan> {
  const first = plan(input);
  const declared = new Map<string, ImageDeclares>();
  await Promise.all(
    first.steps.map(async ({ kind, container, node, renames }) => {
      const state = input.states.get(node);
      const placement = config.placements.find((each) => each.container === container && each.node === node);
      if (kind !== "replace" || !state || !placement) return;
      const old = state.containers.find(({ name }) => name === (renames ?? container));
      const id = imageNamed(state.images, imageOf(placement))?.id ?? old?.imageId ?? "";
      const engine = await ports.engines.on(nodeOf(config, node), ports.signal);
      declared.set(`${node} ${id}`, await engine.declares(id));
    }),
  );
  return declared.size === 0
    ? first
    : plan({ ...input, declares: (node, imageId) => declared.get(`${node} ${imageId}`) });
}
