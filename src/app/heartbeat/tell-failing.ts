import type { Config } from "../../domain/config/types.ts";
import type { FailingChange } from "../../domain/heartbeat/checks/failing.ts";
import { runHooks } from "../kit/hooks.ts";
import { stamp } from "../kit/record.ts";
import type { Ports } from "../ports.ts";

/**
 * Tells `on_heartbeat_failure` of checks that begin to fail or fail no more: the config's hook once for all containers of
 * one cause, and each container's own. Never rejects.
 */
export async function tellFailing(ports: Ports, config: Config, change: FailingChange): Promise<void> {
  const { type, node, containers, error } = change;
  const event = (named: readonly string[]) => {
    const [container = ""] = named;
    const whom = named.length === 1 ? { container } : { containers: named };
    return stamp(ports, { type, node, ...whom, ...(error === undefined ? {} : { error }) });
  };
  const hook = "onHeartbeatFailure";
  const own = config.placements.filter(
    (each) => each.node === node && containers.includes(each.container) && each.hooks[hook] !== undefined,
  );
  await Promise.all([
    runHooks(ports, { config, hook, event: event(containers) }),
    ...own
      // A script that both name is told once.
      .filter((placement) => placement.hooks[hook] !== config.hooks[hook])
      .map((placement) =>
        runHooks(ports, { config: { ...config, hooks: {} }, placement, hook, event: event([placement.container]) }),
      ),
  ]);
}
