import type { ContainerFacts } from "../docker/facts.ts";
import { ours } from "../container/copies/ownership.ts";

/** The name the old copy has while a new one takes its place. `.` and `-` are legal in names; no layout uses this. */
export function retiredName(name: string): string {
  return `${name}${retiredSuffix}`;
}

/** The container whose old copy has this name; undefined for every other name. */
export function retiredFrom(name: string): string | undefined {
  return without(name, retiredSuffix);
}

/** The name a new copy has until it takes the place of the old one. */
export function nextName(name: string): string {
  return `${name}${nextSuffix}`;
}

/** The container whose new copy has this name; undefined for every other name. */
export function nextOf(name: string): string | undefined {
  return without(name, nextSuffix);
}

/** A network in which Docker publishes no port: a new copy runs in it beside the old one that has the ports. */
export function waitingNetwork(name: string): string {
  return `${name}.pictl-waiting`;
}

const retiredSuffix = ".pictl-replaced";
const nextSuffix = ".pictl-next";

function without(name: string, suffix: string): string | undefined {
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : undefined;
}

/** Whether a copy of the container has this name, or has it while it is replaced. */
export function isNameOf(container: string, name: string): boolean {
  return [container, nextName(container), retiredName(container)].includes(name);
}

/** The copies of one container that may be on its node while it is replaced. */
export interface Copies {
  readonly own: ContainerFacts | undefined;
  readonly next: ContainerFacts | undefined;
  readonly retired: ContainerFacts | undefined;
}

/** Finds them. Throws container-foreign when one of the names has a container that is not ours. */
export function copiesOf(found: readonly ContainerFacts[], container: string, cluster: string): Copies {
  return {
    own: ours(found, container, cluster),
    next: ours(found, nextName(container), cluster),
    retired: ours(found, retiredName(container), cluster),
  };
}
