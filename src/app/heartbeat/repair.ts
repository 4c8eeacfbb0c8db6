import type { Config } from "../../domain/config/types.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Action } from "../../domain/heartbeat/decision.ts";
import { createContainers } from "../create.ts";
import { lifecycle } from "../container/lifecycle.ts";
import type { HeartbeatPorts } from "../ports.ts";

/**
 * A restart that comes later than this, through a line that was cut meanwhile, would hit a container that may be well: a
 * second look decides then.
 */
const windowMs = 2000;

/** Starts, restarts or creates one container, as the commands of these names do. Rejects with its first failure. */
export async function repair(
  ports: HeartbeatPorts,
  { config, action }: { config: Config; action: Extract<Action, { do: "start" | "restart" | "create" }> },
): Promise<void> {
  const { container, node } = action;
  const input = {
    config,
    placements: config.placements.filter((each) => each.container === container && each.node === node),
    waitMs: 0,
    dryRun: false,
    // Somebody may have stopped it since the round looked.
    leaveStopped: true,
  };
  const { failures } =
    action.do === "create"
      ? await createContainers(ports, { ...input, recreate: "nothing" })
      : await lifecycle(ports, { ...input, action: action.do, ...(action.do === "restart" ? { windowMs } : {}) });
  const [failure] = failures;
  if (failure) throw new PictlError(failure.code, failure.message, failure);
}
