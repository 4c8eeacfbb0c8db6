import type { NodeSpec, SshSettings } from "../../../domain/config/types.ts";
import { PictlError } from "../../../domain/errors.ts";
import { sshTarget, type Jump, type LocalUser, type SshTarget } from "../../../domain/ssh/config/target.ts";
import type { SshConfig } from "../config/ssh-config.ts";

/** One SSH connection on the way to a node: a jump host, or in the end the node itself. */
export interface Hop {
  readonly node: string;
  /** The jump host's name as it was written; undefined for the node itself. */
  readonly hop: string | undefined;
  readonly target: SshTarget;
}

const maxHops = 8;

export interface SshRoute {
  /** Jump hosts, nearest first. */
  readonly hops: readonly Hop[];
  readonly last: Hop;
}

/** The way to a node. Rejects with node-unreachable when the configuration makes no sense. */
export async function route(
  node: NodeSpec,
  config: SshConfig,
  local: LocalUser,
  signal: AbortSignal,
): Promise<SshRoute> {
  const targetOf = async (address: string, settings: SshSettings): Promise<SshTarget> => {
    const options = await config.optionsFor({ address, user: settings.user, port: settings.port }, signal);
    try {
      return sshTarget(address, settings, options, local);
    } catch (cause) {
      throw new PictlError(
        "node-unreachable",
        `The SSH settings of ${address} make no sense: ${(cause as Error).message}.`,
        {
          node: node.name,
          cause,
        },
      );
    }
  };

  /** The hops before `jump`: those written before it, or for the first one those its own configuration names. */
  const stepsTo = async (jumps: readonly Jump[], depth: number): Promise<Hop[]> => {
    const steps: Hop[] = [];
    for (const jump of jumps) {
      if (depth + steps.length >= maxHops) {
        throw new PictlError(
          "node-unreachable",
          `The way to ${node.name} has more than ${maxHops} jump hosts: do they name each other?`,
          {
            node: node.name,
            hint: "Check ProxyJump in ~/.ssh/config and `ssh.proxy_jump` in pictl's config.",
          },
        );
      }
      const target = await targetOf(jump.host, jumpSettings(jump, node.ssh));
      if (steps.length === 0) steps.push(...(await stepsTo(target.jumps, depth + 1)));
      steps.push({ node: node.name, hop: jump.host, target });
    }
    return steps;
  };

  const target = await targetOf(node.address, node.ssh);
  return { hops: await stepsTo(target.jumps, 0), last: { node: node.name, hop: undefined, target } };
}

/** A hop has its own user and port; the files and the time limit that pictl's config names are for it as well. */
function jumpSettings(jump: Jump, { identityFile, knownHostsFile, connectTimeoutMs }: SshSettings): SshSettings {
  return {
    ...(jump.user === undefined ? {} : { user: jump.user }),
    ...(jump.port === undefined ? {} : { port: jump.port }),
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  };
}
