import { versionText } from "../../domain/docker/engine/product.ts";
import { imageRows } from "../../app/images.ts";
import type { NodeState } from "../../domain/container/status.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import type { DockerHappening } from "../happening.ts";
import type { LiveContainer, LiveNode, Model } from "../model.ts";
import { withNode } from "./node.ts";
import { changedRows, rowsOf } from "./rows.ts";

type Of<Kind extends DockerHappening["kind"]> = Extract<DockerHappening, { readonly kind: Kind }> & {
  readonly atMs: number;
};

export function dockerLooked(model: Model, { node: name, found, info, atMs }: Of<"docker-looked">): Model {
  const before = model.nodes.get(name);
  // What comes late of a node that has been lost meanwhile is old.
  if (before?.state !== "answering") return model;
  const node: LiveNode = {
    ...before,
    docker: { ...before.docker, state: "answering", failure: null, seenAtMs: atMs, info, found },
  };
  return withNode(model, rowsOf(model, withDocker(model, node, atMs), atMs));
}

export function dockerLost(model: Model, { node: name, failure, atMs }: Of<"docker-lost">): Model {
  const before = model.nodes.get(name);
  if (before?.state !== "answering") return model;
  const node: LiveNode = { ...before, docker: { ...before.docker, state: "silent", failure, hears: false } };
  return withNode(model, before.docker.state === "silent" ? node : rowsOf(model, node, atMs));
}

export function dockerHears(model: Model, { node: name, hears }: Of<"docker-hears">): Model {
  const before = model.nodes.get(name);
  if (!before || before.docker.hears === hears) return model;
  return withNode(model, { ...before, docker: { ...before.docker, hears } });
}

export function dockerChanged(model: Model, happening: Of<"docker-changed">): Model {
  const { containers, images, marks, atMs } = happening;
  const before = model.nodes.get(happening.node);
  if (!before?.docker.found || before.state !== "answering") return model;
  const { found } = before.docker;
  const after: NodeState = {
    containers: replaced(found.containers, containers),
    images: images ?? found.images,
    marks: marks ?? found.marks,
  };
  const node: LiveNode = { ...before, docker: { ...before.docker, found: after } };
  const counted = withDocker(model, node, atMs, { images: images !== undefined || hasOthers(found, after) });
  // A mark names no container by its name, and another image may be that of any.
  if (images || marks) return withNode(model, rowsOf(model, counted, atMs));
  return withNode(model, changedRows(model, counted, new Set(containers.keys()), atMs));
}

function replaced(
  all: readonly ContainerFacts[],
  changed: ReadonlyMap<string, ContainerFacts | undefined>,
): readonly ContainerFacts[] {
  if (changed.size === 0) return all;
  const fresh = [...changed.values()].filter((facts) => facts !== undefined);
  // One that was renamed is no longer there under its old name.
  const ids = new Set(fresh.map(({ id }) => id));
  return [...all.filter(({ id, name }) => !changed.has(name) && !ids.has(id)), ...fresh];
}

/** Whether containers have come or gone. */
function hasOthers(before: NodeState, after: NodeState): boolean {
  if (before.containers.length !== after.containers.length) return true;
  const ids = new Set(before.containers.map(({ id }) => id));
  return after.containers.some(({ id }) => !ids.has(id));
}

/** What is counted of Docker, in the words of `pictl nodes` and `pictl images`. */
function withDocker(model: Model, node: LiveNode, atMs: number, { images = true } = {}): LiveNode {
  const { found, info } = node.docker;
  if (!found) return node;
  const placements = model.config.config.placements.filter((each) => each.node === node.node);
  return {
    ...node,
    facts: {
      ...node.facts,
      dockerVersion: info === null ? null : versionText(info),
      containersRunning: found.containers.filter(({ state }) => state === "running").length,
      containers: found.containers.length,
    },
    images: images ? imageRows(node.node, { ...found, placements }, atMs) : node.images,
  };
}

export function used(model: Model, { node: name, uses, atMs }: Of<"use">): Model {
  const before = model.nodes.get(name);
  if (!before || uses.size === 0) return model;
  const containers = new Map<string, LiveContainer>();
  for (const [key, row] of before.containers) {
    const use = row.containerId === null ? undefined : uses.get(row.containerId);
    containers.set(key, use ? { ...row, ...use, useAtMs: atMs } : row);
  }
  return withNode(model, { ...before, containers });
}
