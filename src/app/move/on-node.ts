import type { Config } from "../../domain/config/types.ts";
import { stopAndRemove, stopDeadlineMs } from "../../domain/container/stop/grace.ts";
import { isOurs } from "../../domain/container/copies/ownership.ts";
import type { ContainerFacts } from "../../domain/docker/facts.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Command } from "../../domain/shell.ts";
import { runDocker } from "../kit/docker.ts";
import { nodeOf } from "../kit/observe/observer.ts";
import type { Connection, Ports } from "../ports.ts";

export interface OnNode {
  readonly connection: Connection;
  /** Ours only. */
  readonly containers: readonly ContainerFacts[];
  readonly run: (doing: string, command: Command) => Promise<void>;
  /** Removes one; asked to end first where it is alive, for what it would save. */
  readonly remove: (doing: string, facts: ContainerFacts) => Promise<void>;
}

/** Works on a node that answers; false when it does not. A node that has left the config has nothing to be done on it. */
export async function onNode(
  ports: Ports,
  config: Config,
  name: string,
  work: (on: OnNode) => Promise<void>,
): Promise<boolean> {
  if (!config.nodes.some((node) => node.name === name)) return true;
  const node = nodeOf(config, name);
  try {
    const [connection, engine] = await Promise.all([ports.nodes.connect(node), ports.engines.on(node)]);
    await work({
      connection,
      containers: (await engine.containers()).filter((facts) => isOurs(facts, config.cluster)),
      run: async (doing, command) => {
        await runDocker(connection, command, { doing });
      },
      remove: async (doing, facts) => {
        const timeoutMs = stopDeadlineMs(facts, undefined);
        for (const command of stopAndRemove(facts, undefined))
          await runDocker(connection, command, { doing, timeoutMs });
      },
    });
    return true;
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof PictlError && (error.code === "node-unreachable" || error.code === "connection-lost");
}
