import type { VolumeMount } from "../docker/facts.ts";
import { mountPoint } from "../docker/mount-spec.ts";
import { parseRunArgs } from "../docker/run-args.ts";

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

/** What `docker run` arguments mount that can be written to and does not come along when the container moves. */
export function localData(args: readonly string[]): readonly LocalData[] {
  return parseRunArgs(args).mounts.flatMap(({ type, source, target, readOnly }): LocalData[] => {
    if (type === "bind" && source !== undefined) {
      return readOnly || partsOfTheNode.test(source) ? [] : [{ kind: "bind", source, target }];
    }
    if (type !== "volume") return [];
    return [source === undefined ? { kind: "anonymous", source, target } : { kind: "volume", source, target }];
  });
}

/** What a container sees volumes for though its arguments mount none there: its image declares them. */
export function dataOfImage(args: readonly string[], volumes: readonly VolumeMount[]): readonly LocalData[] {
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
