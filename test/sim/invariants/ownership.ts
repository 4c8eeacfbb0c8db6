import { labels } from "../../../src/domain/docker/labels.ts";
import type { SimContainer } from "../containers.ts";
import type { DockerChange } from "../docker-words.ts";
import type { Verdict } from "./sight.ts";

/** Nothing is done to a container that is not of the cluster, and no volume is removed. */
export function touched(
  change: DockerChange,
  target: Pick<SimContainer, "name" | "labels"> | undefined,
  cluster: string,
): Verdict {
  if (change.do === "volume-rm" || (change.do === "rm" && change.volumes)) return "a volume is removed";
  if (target && target.labels[labels.cluster] !== cluster) return `${change.do} of ${target.name}, which is not ours`;
  return undefined;
}
