import type { ContainerFacts, ImageFacts } from "../../src/domain/docker/facts.ts";

export function containerFacts(parts: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: "c0ffee",
    name: "web",
    imageId: "sha256:1",
    image: "web",
    state: "running",
    statusText: "Up 3 minutes",
    health: null,
    labels: { "io.pictl.cluster": "test", "io.pictl.container": "web", "io.pictl.digest": "d1" },
    createdAt: 1_700_000_000,
    startedAtMs: 1_700_000_000_000,
    finishedAtMs: null,
    healthDecidesMs: null,
    exitCode: null,
    restarts: 0,
    stopTimeoutSeconds: null,
    ports: [],
    volumes: [],
    networkMode: "default",
    networks: ["bridge"],
    addresses: { bridge: "172.17.0.2" },
    ...parts,
  };
}

export function imageFacts(parts: Partial<ImageFacts> = {}): ImageFacts {
  return {
    id: "sha256:1",
    tags: ["web:latest"],
    digests: [],
    sizeBytes: 1,
    createdAt: 1_700_000_000,
    labels: {},
    ...parts,
  };
}
