import type { ContainerFacts } from "../docker/facts.ts";
import * as docker from "../docker/commands.ts";
import type { Command } from "../shell.ts";
import { containerMissing } from "./ownership.ts";

export type LifecycleAction = "start" | "stop" | "restart" | "delete";

/** `command` undefined: it is so already; `why` says it. */
export interface LifecyclePlan {
  readonly command: Command | undefined;
  readonly why: string;
  /** Whether it stays up is still to be seen. */
  readonly watch: boolean;
}

/**
 * What one of the four actions means for a container as it is (undefined: there is none on the node).
 * Doing it twice is the same as once. Throws container-missing for start and restart of what is not there.
 */
export function planLifecycle(
  action: LifecycleAction,
  name: string,
  options: { readonly facts: ContainerFacts | undefined; readonly graceSeconds: number },
): LifecyclePlan {
  const { facts, graceSeconds } = options;
  const restarting = facts?.state === "restarting";
  const running = facts?.state === "running" || facts?.state === "paused" || restarting;
  switch (action) {
    case "start":
      if (!facts) throw containerMissing(name);
      if (facts.state === "paused") return { command: docker.unpause(name), why: "continued", watch: false };
      // Docker starts what restarts by itself; it may do so again and again.
      return running
        ? { command: undefined, why: "runs already", watch: restarting }
        : { command: docker.start(name), why: "started", watch: true };
    case "stop":
      if (!facts) return { command: undefined, why: "is not there", watch: false };
      return running
        ? { command: docker.stop(name, graceSeconds), why: "stopped", watch: false }
        : { command: undefined, why: "is stopped already", watch: false };
    case "restart":
      if (!facts) throw containerMissing(name);
      return { command: docker.restart(name, graceSeconds), why: "restarted", watch: true };
    case "delete":
      return facts
        ? { command: docker.remove(name), why: "deleted", watch: false }
        : { command: undefined, why: "is not there", watch: false };
  }
}
