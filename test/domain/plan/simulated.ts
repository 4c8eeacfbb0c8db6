import type { Config, Placement } from "../../../src/domain/config/types.ts";
import { askedOf } from "../../../src/domain/container/drift/asked.ts";
import type { Wish } from "../../../src/domain/container/drift/drift.ts";
import { type Generations, noGenerations, withPlaced } from "../../../src/domain/container/copies/generations.ts";
import type { NodeState } from "../../../src/domain/container/status.ts";
import { imageOf, runInput, wantedText } from "../../../src/domain/container/drift/wanted.ts";
import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import { parseRunArgs } from "../../../src/domain/docker/run/run-args.ts";
import { plan } from "../../../src/domain/plan/plan.ts";
import type { Plan, PlanInput, PlanStep } from "../../../src/domain/plan/types.ts";
import { containerFacts, imageFacts } from "../../fakes/facts.ts";

/** Nodes as Docker on them would tell, on which steps can be carried out as the use cases do. */
export interface Simulated {
  readonly states: Map<string, NodeState>;
  generations: Generations;
  /** Content of each build folder. */
  readonly folders: Map<string, string>;
  time: number;
}

export function simulated(nodes: readonly string[]): Simulated {
  return {
    states: new Map(nodes.map((node) => [node, { containers: [], images: [], marks: [] }])),
    generations: noGenerations,
    folders: new Map(),
    time: 1_000,
  };
}

export function planOn(world: Simulated, config: Config, options: Partial<PlanInput> = {}): Plan {
  return plan(inputOf(world, config, options));
}

function inputOf(world: Simulated, config: Config, options: Partial<PlanInput> = {}): PlanInput {
  return {
    config,
    states: world.states,
    silent: [],
    wish,
    folder: ({ container }) => world.folders.get(container) ?? "v1",
    declares: () => ({ volumes: [], healthcheck: false }),
    moves: [],
    generations: world.generations,
    inhabited: [],
    removes: true,
    newest: false,
    copyVolumes: false,
    ...options,
  };
}

function wish(placement: Placement): Wish {
  return {
    digest: wantedText(placement, []),
    image: imageOf(placement),
    container: placement.container,
    asked: askedOf(placement),
  };
}

/** Carries out steps in their order. Throws when one cannot be: what it needs is not there, or a port is taken. */
export function applyAll(world: Simulated, config: Config, steps: readonly PlanStep[]): void {
  const done = new Set<string>();
  for (const step of steps) {
    const missing = step.after.filter((id) => !done.has(id));
    if (missing.length > 0) throw new Error(`${step.id} comes before ${missing.join(", ")}`);
    apply(world, config, step);
    done.add(step.id);
  }
}

function apply(world: Simulated, config: Config, step: PlanStep): void {
  const { container, node, kind } = step;
  const placement = config.placements.find((each) => each.container === container && each.node === node);
  world.time += 1;
  switch (kind) {
    case "build":
    case "deliver":
    case "pull": {
      const named = placement ? imageOf(placement) : container;
      const tag = named.includes(":") ? named : `${named}:latest`;
      const context = world.folders.get(container) ?? "v1";
      const built = kind !== "pull" ? { "io.pictl.context": context } : {};
      const image = imageFacts({
        id: kind !== "pull" ? `sha256:${tag}-${context}` : `sha256:${tag}`,
        tags: [tag],
        labels: built,
      });
      const others = stateOf(world, node).images.filter(({ tags }) => !tags.includes(tag));
      change(world, node, { images: [...others, image] });
      return;
    }
    case "remove":
      drop(world, node, container);
      return;
    case "move":
      drop(world, step.from ?? "", container);
      drop(world, node, container);
      make(world, config, wanted(placement));
      return;
    case "start": {
      const containers = stateOf(world, node).containers.map((each): ContainerFacts =>
        each.name === container ? { ...each, state: "running", startedAtMs: world.time * 1000 } : each,
      );
      change(world, node, { containers });
      return;
    }
    case "create":
    case "replace":
      drop(world, node, step.renames ?? container);
      make(world, config, wanted(placement));
  }
}

function wanted(placement: Placement | undefined): Placement {
  if (!placement) throw new Error("a step makes what the layout does not have");
  return placement;
}

function make(world: Simulated, config: Config, placement: Placement): void {
  const { container, node } = placement;
  const { containers, images } = stateOf(world, node);
  if (containers.some(({ name }) => name === container)) throw new Error(`${container} is there already`);
  const image = images.find(({ tags }) =>
    tags.some((tag) => [imageOf(placement), `${imageOf(placement)}:latest`].includes(tag)),
  );
  if (!image) throw new Error(`${container} has no image on ${node}`);
  const ports = parseRunArgs(placement.args).published.flatMap(({ hostPorts }) => (hostPorts ? [hostPorts.first] : []));
  const taken = containers.find((each) => each.ports.some(({ publicPort }) => ports.includes(publicPort)));
  if (taken) throw new Error(`${container} wants a port that ${taken.name} has on ${node}`);
  const generation = Math.max(world.time, world.generations.last + 1);
  world.generations = withPlaced(world.generations, container, generation);
  const { labels } = runInput(placement, {
    cluster: config.cluster,
    generation,
    digest: wantedText(placement, []),
  });
  const facts = containerFacts({
    id: `${container}-${String(world.time)}`,
    name: container,
    labels,
    imageId: image.id,
    image: imageOf(placement),
    createdAt: world.time,
    startedAtMs: world.time * 1000,
    ports: ports.map((publicPort) => ({ ip: "", publicPort, privatePort: 80, protocol: "tcp" })),
    volumes: parseRunArgs(placement.args).mounts.flatMap(({ source, target }) =>
      source === undefined ? [] : [{ name: source, target }],
    ),
  });
  change(world, node, { containers: [...containers, facts] });
}

function drop(world: Simulated, node: string, container: string): void {
  const { containers } = stateOf(world, node);
  change(world, node, { containers: containers.filter(({ name }) => name !== container) });
}

export function stateOf(world: Simulated, node: string): NodeState {
  const state = world.states.get(node);
  if (!state) throw new Error(`no node ${node}`);
  return state;
}

export function change(world: Simulated, node: string, parts: Partial<NodeState>): void {
  world.states.set(node, { ...stateOf(world, node), ...parts });
}
