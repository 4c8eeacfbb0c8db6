import type { ContainerFacts } from "../../../src/domain/docker/facts.ts";
import type { NodeFacts } from "../../../src/domain/heartbeat/facts.ts";
import { containerFacts } from "../../fakes/facts.ts";

/** Nodes as one round saw them, for tests of what is decided. */

export function up(...containers: readonly ContainerFacts[]): NodeFacts {
  return { state: "up", bootId: "boot", containers };
}

/** `missed` and `seen`: by which others. */
export function silent({
  missed = [],
  seen = [],
}: { missed?: readonly string[]; seen?: readonly string[] } = {}): NodeFacts {
  return { state: "silent", code: "node-unreachable", message: "no answer", missedBy: missed, seenBy: seen };
}

export const refused: NodeFacts = { state: "refused", code: "auth-failed", message: "no key fits" };
export const dockerSilent: NodeFacts = {
  state: "docker-silent",
  bootId: "boot",
  code: "docker-unavailable",
  message: "hangs",
};

/** A copy of ours; `id` tells it from others. */
export function copy(
  container: string,
  id: string,
  generation: number,
  parts: Partial<ContainerFacts> = {},
): ContainerFacts {
  return containerFacts({
    id,
    name: container,
    labels: {
      "io.pictl.cluster": "test",
      "io.pictl.container": container,
      "io.pictl.generation": String(generation),
    },
    ...parts,
  });
}
