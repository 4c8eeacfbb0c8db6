import type { Placement } from "../config/types.ts";
import type { VolumeMount } from "../docker/facts.ts";
import { mountPoint } from "../docker/run/mount-spec.ts";
import { parseRunArgs } from "../docker/run/run-args.ts";

/** Data that lies on one node: a named volume, a folder or a file of the node, or a volume without a name. */
export interface LocalData {
  readonly kind: "volume" | "bind" | "anonymous";
  /** The volume's name, or the node's folder or file; undefined for a volume without a name. */
  readonly source: string | undefined;
  /** Where the container sees it. */
  readonly target: string;
}

/** Sources that are the node's own and never the container's data: copying them would be wrong. */
const partsOfTheNode =
  /^\/(?:$|proc|sys|dev|run|etc\/(?:localtime|timezone|resolv\.conf|hosts)$|var\/run\/docker\.sock$)/;

/**
 * The data of a container that no other node sees, and that does not come along when it moves. `volumes`: those that it
 * was seen to have, which alone tell what its image declares.
 */
export function ownData(
  { shared, args }: Pick<Placement, "shared" | "args">,
  volumes: readonly VolumeMount[] = [],
): readonly LocalData[] {
  return shared === true ? [] : [...dataOfArguments(args), ...dataOfImage(args, volumes)];
}

/**
 * What a node must have for the container to run there as it should: the sources of its mounts that are not its own data
 * (read-only ones, parts of the node, and all of them where other nodes see the same), and its devices. Docker makes an
 * empty folder of a source that is missing, without a word.
 */
export function mustBeThere({ shared, args }: Pick<Placement, "shared" | "args">): readonly string[] {
  const { mounts, devices } = parseRunArgs(args);
  const sources = mounts.flatMap(({ type, source, readOnly }) => {
    if (type !== "bind" || source === undefined) return [];
    return shared === true || readOnly || partsOfTheNode.test(source) ? [source] : [];
  });
  return [...new Set([...sources, ...devices])];
}

/** What `docker run` arguments mount that can be written to. */
function dataOfArguments(args: readonly string[]): readonly LocalData[] {
  return parseRunArgs(args).mounts.flatMap(({ type, source, target, readOnly }): LocalData[] => {
    if (type === "bind" && source !== undefined) {
      return readOnly || partsOfTheNode.test(source) ? [] : [{ kind: "bind", source, target }];
    }
    if (type !== "volume") return [];
    return [source === undefined ? { kind: "anonymous", source, target } : { kind: "volume", source, target }];
  });
}

/** What a container sees volumes for though its arguments mount none there: its image declares them. */
function dataOfImage(args: readonly string[], volumes: readonly VolumeMount[]): readonly LocalData[] {
  const said = new Set(parseRunArgs(args).mounts.map(({ target }) => mountPoint(target)));
  return volumes
    .filter(({ target }) => !said.has(target))
    .map(({ target }) => ({ kind: "anonymous", source: undefined, target }));
}

/** "the volume data (at /var/lib/mysql)" */
export function formatLocalData({ kind, source, target }: LocalData): string {
  if (kind === "anonymous") return `a volume without a name (at ${target})`;
  return `${kind === "bind" ? "" : "the volume "}${source ?? ""} (at ${target})`;
}
