import { setMaxListeners } from "node:events";
import type { Report } from "../app/kit/report.ts";
import type { Actor, Ask, EventLog, Progress } from "../app/ports.ts";
import type { Config } from "../domain/config/types.ts";
import { PictlError } from "../domain/errors.ts";
import type { RowSink } from "./context.ts";
import type { OpenCluster } from "../app/ports.ts";
import type { Operation } from "./operation.ts";

/** Who wants something, through what. */
export type Caller = Omit<Actor, "cause" | "job">;

export interface Call {
  readonly caller: Caller;
  /** Of the job that the run is. */
  readonly job?: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** `RunContext.ask` and `RunContext.rows`. */
  readonly ask?: Ask;
  readonly rows?: RowSink;
}

/**
 * Runs an operation by the config as its file is now. Rejects with usage, with what reading the config rejects with,
 * and as the use case does.
 */
export async function perform(
  cluster: OpenCluster,
  operation: Operation,
  input: unknown,
  { caller, job, signal, progress, ...asks }: Call,
): Promise<Report<object>> {
  // Everything done on every node listens to it at once, and lets go when it has ended.
  setMaxListeners(0, signal);
  const letGo = cluster.use?.();
  try {
    const config = await latestConfig(cluster, operation);
    signal.throwIfAborted();
    const actor = { ...caller, cause: causeOf(operation), ...(job === undefined ? {} : { job }) };
    const { events } = cluster.ports;
    const quiet = rehearses(input) ? { events: silent(events) } : {};
    const ports = { ...cluster.ports, signal, progress, actor, ...quiet };
    return await operation.run({ ...cluster, ...asks, config, ports }, input);
  } finally {
    letGo?.();
  }
}

/** Whether nothing would be changed by a run with this input. */
export function rehearses(input: unknown): boolean {
  return typeof input === "object" && input !== null && (input as { readonly dryRun?: unknown }).dryRun === true;
}

/** What its events say it was caused by: the command, where there is one. */
function causeOf({ command, id }: Operation): string {
  return command === null ? id : `pictl ${command}`;
}

async function latestConfig({ store, config }: OpenCluster, { repairs }: Operation): Promise<Config> {
  const latest = await store.read().then(
    (read) => read.config,
    (error: unknown) => {
      if (repairs === true) return config;
      throw error;
    },
  );
  for (const [key, before, now] of [
    ["cluster", config.cluster, latest.cluster],
    ["state_dir", config.stateDir, latest.stateDir],
  ] as const) {
    if (before === now) continue;
    throw new PictlError(
      "config-invalid",
      `\`${key}\` is "${now}" in the config now, and was "${before}" when this process began.`,
      { hint: "Start it again, or put the old value back." },
    );
  }
  return latest;
}

function silent(events: EventLog): EventLog {
  return { ...events, append: () => Promise.resolve() };
}
