import type { ContainerFacts } from "../docker/facts.ts";
import * as docker from "../docker/client/commands.ts";
import type { Command } from "../shell.ts";
import { isAlive, stopAndRemove } from "./stop/grace.ts";
import { containerMissing } from "./copies/ownership.ts";

export type LifecycleAction = "start" | "stop" | "restart" | "delete";

/** `commands`, in their order; none: it is so already. `why` says what is so then. */
export interface LifecyclePlan {
  readonly commands: readonly Command[];
  readonly why: string;
  /** Whether it stays up is still to be seen. */
  readonly watch: boolean;
}

/**
 * What one of the four actions means for a container as it is (undefined: there is none on the node).
 * Doing it twice is the same as once. `graceSeconds`: `docker.stop`. Throws container-missing for start and restart of what is not there.
 */
export function planLifecycle(
  action: LifecycleAction,
  name: string,
  options: { readonly facts: ContainerFacts | undefined; readonly graceSeconds: number | undefined },
): LifecyclePlan {
  const { facts, graceSeconds } = options;
  const restarting = facts?.state === "restarting";
  const running = facts !== undefined && isAlive(facts);
  switch (action) {
    case "start":
      if (!facts) throw containerMissing(name);
      if (facts.state === "paused") return { commands: [docker.unpause(name)], why: "continued", watch: false };
      // Docker starts what restarts by itself; it may do so again and again.
      return running
        ? { commands: [], why: "runs already", watch: restarting }
        : { commands: [docker.start(name)], why: "started", watch: true };
    case "stop":
      if (!facts) return { commands: [], why: "is not there", watch: false };
      return running
        ? { commands: [docker.stop(name, graceSeconds)], why: "stopped", watch: false }
        : { commands: [], why: "is stopped already", watch: false };
    case "restart":
      if (!facts) throw containerMissing(name);
      return { commands: [docker.restart(name, graceSeconds)], why: "restarted", watch: true };
    case "delete":
      return facts
        ? { commands: stopAndRemove(facts, graceSeconds, name), why: "deleted", watch: false }
        : { commands: [], why: "is not there", watch: false };
  }
}
