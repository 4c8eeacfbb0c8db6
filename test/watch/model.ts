import type { Config } from "../../src/domain/config/types.ts";
import type { ContainerFacts, EngineInfo } from "../../src/domain/docker/facts.ts";
import type { NodeState } from "../../src/domain/container/status.ts";
import type { Failure } from "../../src/domain/errors.ts";
import { parseProbe } from "../../src/domain/node/probe.ts";
import type { Happening } from "../../src/watch/happening.ts";
import type { Model } from "../../src/watch/model.ts";
import { firstModel, reduce } from "../../src/watch/reduce/index.ts";
import { config, node, placement } from "../fakes/config.ts";
import { containerFacts, imageFacts } from "../fakes/facts.ts";

/** web on n1 and n2, db on n2. */
export const twoNodes: Config = config({
  nodes: [node("n1"), node("n2")],
  placements: [placement("web", "n1"), placement("web", "n2"), placement("db", "n2")],
});

/** When models of tests begin. */
export const startMs = 1_800_000_000_000;

export function modelOf(from: Config = twoNodes, happenings: readonly Happening[] = []): Model {
  const first = firstModel({ config: from, path: "/cluster.json", wishes: new Map() }, startMs);
  return happenings.reduce(reduce, first);
}

export function container(name: string, parts: Partial<ContainerFacts> = {}): ContainerFacts {
  return containerFacts({
    id: `id-${name}`,
    name,
    image: name,
    imageId: `sha256:${name}`,
    labels: { "io.pictl.cluster": "test", "io.pictl.container": name },
    ...parts,
  });
}

export function state(containers: readonly ContainerFacts[], parts: Partial<NodeState> = {}): NodeState {
  const images = containers.map(({ image, imageId }) => imageFacts({ id: imageId, tags: [`${image}:latest`] }));
  return { containers, images, marks: [], ...parts };
}

const info: EngineInfo = {
  id: "ENGINE",
  product: "Docker",
  serverVersion: "20.10.24",
  containersRunning: 1,
  containers: 1,
  images: 1,
  architecture: "x86_64",
  operatingSystem: "Debian 12",
  kernelVersion: "6.1",
  memoryBytes: 1 << 30,
  cpus: 4,
};

export function answered(
  name: string,
  atMs: number,
  parts: Partial<Extract<Happening, { kind: "node-answered" }>> = {},
): Happening {
  return { kind: "node-answered", node: name, probe: parseProbe(""), use: null, vips: new Map(), atMs, ...parts };
}

export function looked(name: string, atMs: number, found: NodeState): Happening {
  return { kind: "docker-looked", node: name, found, info, atMs };
}

export function changed(
  name: string,
  atMs: number,
  containers: Readonly<Record<string, ContainerFacts | undefined>>,
): Happening {
  return { kind: "docker-changed", node: name, containers: new Map(Object.entries(containers)), atMs };
}

export function lost(name: string, atMs: number, failure: Partial<Failure> = {}): Happening {
  const why: Failure = { code: "node-unreachable", message: "It does not answer.", ...failure };
  return { kind: "node-lost", node: name, failure: why, atMs };
}
