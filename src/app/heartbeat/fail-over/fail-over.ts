import type { Config } from "../../../domain/config/types.ts";
import { PictlError, toFailure } from "../../../domain/errors.ts";
import type { FailOverAction } from "../../../domain/heartbeat/decision.ts";
import { planMove } from "../../../domain/move/plan.ts";
import { runHooks } from "../../kit/hooks.ts";
import { carryOutMove } from "../../move/carry-out.ts";
import type { ConfigStore, HeartbeatPorts, Nodes } from "../../ports.ts";
import { record } from "../../kit/record.ts";
import { type OnTheirWay, orderHosts } from "./hosts.ts";

/** It was moved; none was tried, since it was outdated; or why none of the hosts would do. */
export type FailOverOutcome = "moved" | "outdated" | { readonly inVain: string };

/**
 * Moves a container away from a failing node, to the first of its hosts where it comes up. Prepare first, delete last:
 * whatever fails before the config is written leaves the old copy as it was. Resolves to what became of it, of which the
 * event log has the reasons. Rejects only with interrupted.
 */
export async function failOver(
  ports: HeartbeatPorts,
  {
    action,
    store,
    oneAtATime,
    onTheirWay,
    outdated,
    meanwhile,
    undoing,
  }: {
    readonly action: FailOverAction;
    readonly store: ConfigStore;
    /** Runs the work when no other move to that host is under way. */
    readonly oneAtATime: <T>(host: string, work: () => Promise<T>) => Promise<T>;
    readonly onTheirWay: OnTheirWay;
    /** Why not to begin any more, in a sentence. */
    readonly outdated: () => string | undefined;
    /** Gets what may go on when the container has long been moved. */
    readonly meanwhile: (work: Promise<void>) => void;
    /** The nodes as an undo sees them, which may go on when the move may not. */
    readonly undoing: Nodes;
  },
): Promise<FailOverOutcome> {
  const { container, from } = action;
  const refuse = async (rule: string, error: string): Promise<"outdated"> => {
    await record(ports, { type: "failover.refused", container, node: from, after: { rule }, error });
    return "outdated";
  };
  let config: Config;
  try {
    ({ config } = await store.read());
  } catch (error) {
    return refuse("config-broken", toFailure(error).message);
  }
  const { hosts, excluded, placement } = await orderHosts(ports, config, { action, onTheirWay });
  const reasons = [...excluded];
  for (const host of hosts) {
    if (placement) onTheirWay.set(action.container, { placement, host });
    try {
      const reason = await oneAtATime(host, async () => {
        const outdatedBy = outdated();
        if (outdatedBy === undefined) await moveTo(ports, { action, store, host, meanwhile, undoing });
        return outdatedBy;
      });
      if (reason === undefined) return "moved";
      // No host was tried.
      if (reasons.length === excluded.length) {
        return await refuse("outdated", reason);
      }
      reasons.push(reason);
      break;
    } catch (error) {
      const { message, code } = toFailure(error);
      if (ports.signal.aborted) {
        await tellFailed(ports, action, `${host}: ${message}`);
        throw error;
      }
      reasons.push(`${host}: ${message}`);
      // Not the host's fault: the next one would fail in the same way.
      if (code === "lock-held" || code === "unknown-container" || code === "usage") break;
    }
  }
  const inVain = reasons.length === 0 ? "No host was left to try." : reasons.join(" ");
  await tellFailed(ports, action, inVain);
  return { inVain };
}

async function tellFailed(ports: HeartbeatPorts, { container, from }: FailOverAction, error: string): Promise<void> {
  await record(ports, { type: "container.failover-failed", container, node: from, error });
}

async function moveTo(
  ports: HeartbeatPorts,
  {
    action,
    store,
    host,
    meanwhile,
    undoing,
  }: {
    action: FailOverAction;
    store: ConfigStore;
    host: string;
    meanwhile: (work: Promise<void>) => void;
    undoing: Nodes;
  },
): Promise<void> {
  const { container, from, nodeDead } = action;
  // What was decided a moment ago may be done by somebody else by now.
  const { config } = await store.read();
  const plan = planMove(config, `${container}@${from}`, host);
  const step = ports.progress.step(`${container}@${from}`, `fail over to ${host}`);
  const startedAt = ports.clock.monotonic();
  try {
    const { outcome } = await carryOutMove(ports, {
      config,
      store,
      plan,
      step,
      overlap: false,
      copyVolumes: false,
      mayLeaveData: () => Promise.resolve(true),
      waitMs: 0,
      dryRun: false,
      sourceIs: nodeDead ? "dead" : "answers",
      undoing,
    });
    step.done(outcome);
  } catch (error) {
    step.fail();
    throw error instanceof PictlError && error.code === "unknown-container"
      ? new PictlError("unknown-container", `${container} is no longer on ${from}, as the layout says.`, { container })
      : error;
  }
  const event = await record(ports, {
    type: "container.failed-over",
    container,
    node: host,
    before: from,
    after: host,
    durationMs: Math.round(ports.clock.monotonic() - startedAt),
  });
  meanwhile(runHooks(ports, { config, placement: plan.wanted, hook: "onFailover", event }));
}
