import type { Config, Hooks as HookSettings, Placement } from "../domain/config/types.ts";
import type { PictlEvent } from "../domain/event.ts";
import type { Ports } from "./ports.ts";
import { record } from "./record.ts";

const timeoutMs = 10_000;

/** As the config calls them. */
const names: Readonly<Record<keyof HookSettings, string>> = {
  onMove: "on_move",
  onFailover: "on_failover",
  onVipChange: "on_vip_change",
  onHeartbeatFailure: "on_heartbeat_failure",
};

/**
 * Tells the config's hook, and the container's own, of an event; what came of each is an event too. A hook that fails
 * or hangs fails nothing else.
 */
export async function runHooks(
  ports: Ports,
  input: { config: Config; placement?: Placement; hook: keyof HookSettings; event: PictlEvent },
): Promise<void> {
  const { config, placement, hook, event } = input;
  const name = names[hook];
  const wanted = [...new Set([config.hooks[hook], placement?.hooks[hook]])].filter((each) => each !== undefined);
  await Promise.all(
    wanted.map(async (target) => {
      const startedAt = ports.clock.monotonic();
      const { ok, message } = await ports.hooks.run(target, event, timeoutMs);
      if (!ok) ports.progress.warn(`The hook \`${name}\` failed: ${message}.`);
      await record(ports, {
        type: ok ? "hook.run" : "hook.failed",
        after: { hook: name, event: event.type },
        durationMs: Math.round(ports.clock.monotonic() - startedAt),
        ...(event.node === undefined ? {} : { node: event.node }),
        ...(event.container === undefined ? {} : { container: event.container }),
        ...(ok ? {} : { error: message }),
      });
    }),
  );
}
