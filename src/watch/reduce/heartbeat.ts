import type { Config } from "../../domain/config/types.ts";
import type { DaemonState } from "../../domain/daemon.ts";
import { freshTrial, type Memory } from "../../domain/heartbeat/memory.ts";
import { subjects } from "../../domain/heartbeat/checks/subjects.ts";
import type { LiveCheck, LiveHeartbeat } from "../model.ts";

/** What the daemon has told: its memory, with times of the wall clock, and its state. */
interface Told {
  readonly memory: Memory | null;
  readonly daemon: Pick<DaemonState, "lastRound"> | null;
}

export function heartbeatOf(config: Config, told: Told, seenAtMs: number | null): LiveHeartbeat {
  const { memory, daemon } = told;
  return {
    checks: checksOf(config, told),
    failovers: memory?.moves ?? [],
    isolatedSinceMs: memory?.isolated?.since ?? null,
    lastRoundAtMs: daemon?.lastRound ? Date.parse(daemon.lastRound.at) : (memory?.lastRoundAt ?? null),
    seenAtMs,
  };
}

/** One row for everything that a round checks: those that fail first, the others in the order of the config. */
export function checksOf(config: Config, { memory, daemon }: Told): readonly LiveCheck[] {
  const failing = new Map(daemon?.lastRound?.failing.map((each) => [`${each.container}@${each.node}`, each]));
  const rows = subjects(config).map(({ container, node, check }): LiveCheck => {
    const key = `${container}@${node}`;
    const { failures, restarts, lastRestartAt } = memory?.trials[key] ?? freshTrial;
    const { message = null, decision = null, trouble = null } = failing.get(key) ?? {};
    const told = { message, decision, trouble };
    return { key, container, node, kind: check.kind, failures, restarts, lastRestartAtMs: lastRestartAt, ...told };
  });
  return rows.toSorted((a, b) => Number(fails(b)) - Number(fails(a)));
}

function fails({ failures, message }: LiveCheck): boolean {
  return failures > 0 || message !== null;
}
