import type { Config, NodeSpec } from "../config/types.ts";
import { isOurs } from "../container/copies/ownership.ts";
import type { ContainerFacts } from "../docker/facts.ts";
import { type Failure } from "../errors.ts";
import { quote } from "../shell.ts";

/** A node as it is reached, and the names of our containers that were on it when somebody last looked. */
export interface Inhabited extends Pick<NodeSpec, "name" | "address" | "ssh"> {
  readonly containers: readonly string[];
}

/** Nodes that have, or had, our containers; those of the config and those that have left it. */
export type InhabitedNodes = readonly Inhabited[];

/** What nodes were just seen to have, by node; who did not answer is not in it. */
export type Found = ReadonlyMap<string, readonly ContainerFacts[]>;

type Reached = Pick<NodeSpec, "name" | "address" | "ssh">;

/** Those that the config has no more. One that only has another name now is there still. */
export function hasLeft({ nodes }: Pick<Config, "nodes">, { name, address, ssh }: Reached): boolean {
  return !nodes.some((node) => node.name === name || (node.address === address && node.ssh.port === ssh.port));
}

/**
 * What is known after a look at the nodes of `config`. Of who did not answer stays what was known, if it was anything; one where nothing of ours is
 * left is forgotten, and so is one that got another name.
 */
export function noteFound(
  before: InhabitedNodes,
  config: Pick<Config, "cluster" | "nodes">,
  found: Found,
): InhabitedNodes {
  const gone = before.filter((each) => hasLeft(config, each));
  return [...config.nodes, ...gone]
    .map(({ name, address, ssh }): Inhabited => {
      const seen = found.get(name)?.flatMap((facts) => (isOurs(facts, config.cluster) ? [facts.name] : []));
      const known = before.find((each) => each.name === name)?.containers ?? [];
      return { name, address, ssh, containers: seen?.toSorted() ?? known };
    })
    .filter(({ containers }) => containers.length > 0);
}

/** What is known after containers were made on nodes of the config. */
export function noteMade(
  before: InhabitedNodes,
  { nodes }: Pick<Config, "nodes">,
  made: readonly { readonly node: string; readonly container: string }[],
): InhabitedNodes {
  const changed = nodes.flatMap(({ name, address, ssh }): Inhabited[] => {
    const here = made.flatMap(({ node, container }) => (node === name ? [container] : []));
    const known = before.find((each) => each.name === name)?.containers ?? [];
    return here.length === 0 ? [] : [{ name, address, ssh, containers: [...new Set([...known, ...here])].toSorted() }];
  });
  return [...before.filter(({ name }) => !changed.some((each) => each.name === name)), ...changed];
}

/** What is to be said of a node that has left the config and our containers have not left. */
export function leftBehind({ name, containers }: Inhabited, answers: boolean): Failure {
  const list = containers.join(", ");
  return {
    code: "not-as-wanted",
    node: name,
    message: answers
      ? `The node is not in the config any more, and these containers of the cluster are still there: ${list}.`
      : `The node is not in the config any more and does not answer; when pictl last looked, these containers of the cluster were there: ${list}.`,
    hint:
      `Put the node and these containers back into the config and take it out with \`pictl node remove ${quote(name)} --move\`; or ` +
      (answers
        ? `remove them there by hand: \`docker rm -f ${containers.map(quote).join(" ")}\`.`
        : `with \`--force\` if it is gone for good, and it is forgotten.`),
  };
}
