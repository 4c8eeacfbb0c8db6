import type { Config } from "../../domain/config/types.ts";
import { isAlive } from "../../domain/container/stop/grace.ts";
import { isOurs } from "../../domain/container/copies/ownership.ts";
import { markOf } from "../../domain/container/stop/stop-mark.ts";
import type { ContainerFacts, StopMark } from "../../domain/docker/facts.ts";
import { machineOf } from "../kit/observe/machine.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import { reach, type Reached } from "../kit/reach.ts";
import type { Ports } from "../ports.ts";
import { isUnreachable } from "./on-node.ts";

/** One end of a move. */
export interface Side extends Reached {
  readonly node: string;
  /** Two nodes with the same one are two names of one machine. */
  readonly engineId: string;
  readonly containers: readonly ContainerFacts[];
}

/** Throws what connecting and asking Docker throw. */
export async function sideOf(ports: Ports, config: Config, name: string): Promise<Side> {
  const { connection, engine } = await reach(ports, nodeOf(config, name));
  const [{ id: engineId }, containers] = await Promise.all([machineOf(connection, engine), engine.containers()]);
  return { node: name, connection, engine, engineId, containers };
}

/** The same, or undefined for a node that does not answer: a dead one must not stop a move away from it. */
export async function sideUnlessDead(ports: Ports, config: Config, name: string): Promise<Side | undefined> {
  try {
    return await sideOf(ports, config, name);
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

/** The container of that name if it is ours, whatever its generation. */
export function oursOn(side: Side, name: string, cluster: string): ContainerFacts | undefined {
  return side.containers.find((facts) => facts.name === name && isOurs(facts, cluster));
}

/** The mark on an old copy that somebody has stopped, and wants so; undefined for one that runs, or that nobody has stopped. */
export async function restsOn(side: Side | undefined, old: ContainerFacts | undefined): Promise<StopMark | undefined> {
  return side && old && !isAlive(old) ? markOf(await side.engine.stopMarks(), old) : undefined;
}
