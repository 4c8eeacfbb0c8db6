import type { Config, HooksSpec as HookSettings, Placement } from "../../domain/config/types.ts";
import type { PictlEvent } from "../../domain/events/event.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Ports } from "../ports.ts";
import { record } from "./record.ts";

const timeoutMs = 10_000;
/** A proxy may wait for its own checks before it takes a new copy. */
const mustTimeoutMs = 60_000;

/** As the config calls them. */
const names: Readonly<Record<keyof HookSettings, string>> = {
  onMove: "on_move",
  onFailover: "on_failover",
  onVipChange: "on_vip_change",
  onHeartbeatFailure: "on_heartbeat_failure",
  onSwitch: "on_switch",
  onNodeChange: "on_node_change",
  onFailure: "on_failure",
  onLeaderChange: "on_leader_change",
};

interface HookRun {
  readonly config: Config;
  readonly placement?: Placement;
  readonly hook: keyof HookSettings;
  readonly event: PictlEvent;
}

/**
 * Tells the config's hook, and the container's own, of an event; what came of each is an event too. A hook that fails
 * or hangs fails nothing else.
 */
export async function runHooks(ports: Ports, run: HookRun): Promise<void> {
  for (const failed of await runEach(ports, run, timeoutMs)) {
    ports.progress.warn(`The hook \`${names[run.hook]}\` failed: ${failed}.`);
  }
}

/** The same for a hook that must succeed before anything goes on. Rejects with hook-failed. */
export async function mustRunHooks(ports: Ports, run: HookRun): Promise<void> {
  const [failed] = await runEach(ports, run, mustTimeoutMs);
  if (failed === undefined) return;
  throw new PictlError("hook-failed", `The hook \`${names[run.hook]}\` failed: ${failed}.`, {
    hint: "It must succeed before the old container stops. Put it right, and try again.",
  });
}

/** Resolves to what the hooks that failed have said. */
async function runEach(
  ports: Ports,
  { config, placement, hook, event }: HookRun,
  patienceMs: number,
): Promise<readonly string[]> {
  const name = names[hook];
  const wanted = [...new Set([config.hooks[hook], placement?.hooks[hook]])].filter((each) => each !== undefined);
  const failures = await Promise.all(
    wanted.map(async (target) => {
      const startedAt = ports.clock.monotonic();
      const { ok, message } = await ports.hooks.run(target, event, patienceMs);
      await record(ports, {
        type: ok ? "hook.run" : "hook.failed",
        after: { hook: name, event: event.type },
        durationMs: Math.round(ports.clock.monotonic() - startedAt),
        ...(event.node === undefined ? {} : { node: event.node }),
        ...(event.container === undefined ? {} : { container: event.container }),
        ...(ok ? {} : { error: message }),
      });
      return ok ? [] : [message];
    }),
  );
  return failures.flat();
}
