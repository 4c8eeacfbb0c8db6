import type { DaemonState } from "../../domain/daemon.ts";
import type { StateDir } from "../../domain/doctor/controller.ts";
import type { Failure } from "../../domain/errors.ts";
import type { StateFile } from "../ports.ts";
import type { Report } from "../kit/report.ts";

export interface DaemonRow extends Omit<DaemonState, "configProblem" | "stoppedAt"> {
  /** Since its last round has ended; null before the first one. */
  readonly lastRoundAgeMs: number | null;
}

/** Rounds that may be missing before a daemon counts as stuck. */
const roundsMissed = 3;

interface Watching {
  readonly state: StateFile<DaemonState>;
  /** The process that watches the cluster now: a daemon, or one that makes a single round. */
  readonly holder: () => Promise<{ readonly pid: number; readonly host: string } | undefined>;
}

interface Asked extends Watching {
  /** What a daemon tells that began with this config file when its cluster had another name; it goes on by that one. */
  readonly ofOldName: () => Promise<DaemonState | undefined>;
}

/** What the daemon that runs on this machine tells of itself; undefined when none does. `last`: of one that did. */
async function runningDaemon(
  watching: Watching,
): Promise<{ readonly running: DaemonState | undefined; readonly last: DaemonState | undefined }> {
  const [last, holder] = await Promise.all([watching.state.read(), watching.holder()]);
  const isIt = last !== undefined && last.pid === holder?.pid && last.host === holder.host;
  return { running: isIt ? last : undefined, last };
}

/** Its process, asked for again and again. */
export function daemonPid(watching: Watching): () => Promise<number | undefined> {
  return async () => (await runningDaemon(watching)).running?.pid;
}

/** The daemon of this machine, if there is one; none, or one that makes no rounds, is a failure. */
export async function readDaemonStatus(
  options: Asked & { readonly now: number; readonly stateDir: StateDir },
): Promise<Report<{ daemons: readonly DaemonRow[] }>> {
  const { running, last: before } = await runningDaemon(options);
  const state = running ?? (await options.ofOldName());
  if (!state) {
    const last = before === undefined ? "" : ` The last one here was begun at ${before.startedAt}.`;
    return {
      result: { daemons: [] },
      failures: [
        failure(
          `No daemon watches this cluster from this machine.${last}`,
          "Start one with `pictl daemon`, or `pictl daemon install` for systemd.",
        ),
      ],
    };
  }
  const lastRoundAgeMs = state.lastRound ? Math.max(0, options.now - Date.parse(state.lastRound.at)) : null;
  const { pid, host, configPath, version, startedAt, heartbeat, configProblem, lastRound } = state;
  const row = { pid, host, configPath, version, startedAt, heartbeat, lastRound, lastRoundAgeMs };
  return { result: { daemons: [row] }, failures: [...broken(configProblem), ...problems(row, options)] };
}

function broken(configProblem: string | undefined): Failure[] {
  if (configProblem === undefined) return [];
  return [
    failure(
      `The daemon goes by the last good config, and fails nothing over: ${configProblem}`,
      "Put the file right (`pictl config check` lists every problem); the daemon reads it by itself.",
    ),
  ];
}

function problems(
  { heartbeat, lastRound, lastRoundAgeMs, startedAt }: DaemonRow,
  { now, stateDir }: { readonly now: number; readonly stateDir: StateDir },
): Failure[] {
  if (stateDir.state === "unusable") {
    return [
      {
        code: "state-write-failed",
        message: `The daemon goes on from memory and moves no container, since ${stateDir.path} cannot be written (${stateDir.reason}); what stands here is as it was before.`,
        hint: "Make room there, or make it writable again; the daemon goes on writing by itself. Do not stop it before.",
      },
    ];
  }
  if (!heartbeat.automatic) return [];
  const patienceMs = roundsMissed * heartbeat.intervalMs + 10_000;
  const age = lastRoundAgeMs ?? now - Date.parse(startedAt);
  if (age > patienceMs) {
    return [
      failure(
        `The daemon has ended no round for ${String(Math.round(age / 1000))} s, and should every ${String(heartbeat.intervalMs / 1000)} s.`,
        "Its log says why; `systemctl restart pictl` starts it anew.",
      ),
    ];
  }
  if (lastRound?.isolated !== true) return [];
  return [
    failure(
      "The daemon believes that this machine is cut off from the nodes, and does nothing until it sees them again.",
      "Look at this machine's network; `pictl nodes` shows who answers.",
    ),
  ];
}

function failure(message: string, hint: string): Failure {
  return { code: "check-failed", message, hint };
}
