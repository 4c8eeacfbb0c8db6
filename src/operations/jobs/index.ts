import type { Report } from "../../app/kit/report.ts";
import { record } from "../../app/kit/record.ts";
import type { Ask, Progress, ProgressStep } from "../../app/ports.ts";
import { exitCodeOf, PictlError, toFailure } from "../../domain/errors.ts";
import { commandLine } from "../command-line.ts";
import type { RowSink } from "../context.ts";
import type { OpenCluster } from "../../app/ports.ts";
import type { Operation } from "../operation.ts";
import { type Caller, perform } from "../perform.ts";
import { shownInput } from "../shown.ts";
import { type Job, type JobChange, type JobDetail, JobLog, type JobReport, keptReport } from "./job.ts";

/** The runs of operations that change something. They go on when whoever began them leaves. */
export interface Jobs {
  /**
   * Begins one; throws usage when its input is not as declared, and too-many-requests when too many run. `ended` never
   * rejects.
   */
  start(operation: Operation, input: unknown, begun: Begun): { readonly job: Job; readonly ended: Promise<JobEnd> };
  /** The newest first. */
  list(): readonly Job[];
  get(id: string): JobDetail | undefined;
  /** Asks it to stop, as Ctrl-C does: what is in hand is brought to a safe end. false: it is not there, or is over. */
  cancel(id: string, who: string): boolean;
  /** Tells every change of every job, until what it returns is called. */
  watch(listener: (change: JobChange) => void): () => void;
  /** Asks all to stop, and resolves when they have. */
  close(): Promise<void>;
}

/** Each holds connections and memory, and whoever begins one need not stay. */
const maxRunning = 100;

export interface Begun {
  readonly caller: Caller;
  /** Who sits there and can be asked. */
  readonly ask?: Ask;
  /** Gets the rows of the run, beside what is kept of them. */
  readonly rows?: RowSink;
}

/** What came of a job: its report, or the error that it ended with as a whole. */
export type JobEnd = { readonly report: Report<object> } | { readonly error: unknown };

export interface JobsOptions {
  readonly cluster: OpenCluster;
  readonly newId: () => string;
  /** Told of what is a bug of ours; nobody has looked at what its message may hold, so the job does not say it. */
  readonly onBug: (error: unknown) => void;
  readonly maxJobs?: number;
  readonly maxAgeMs?: number;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
  readonly log: JobLog;
}

interface Entry {
  readonly job: Job;
  /** While it runs. */
  readonly running?: Running;
  readonly detail?: Pick<JobDetail, "output" | "report">;
  /** By the clock that never goes back. */
  readonly endedMs?: number;
}

/** Keeps the last 200 and those of the last day, in memory: what they did is in the event log, by their ids. */
export function openJobs({ cluster, newId, onBug, maxJobs = 200, maxAgeMs = 86_400_000 }: JobsOptions): Jobs {
  const { clock } = cluster.ports;
  const entries = new Map<string, Entry>();
  const listeners = new Set<(change: JobChange) => void>();

  const tell = (change: JobChange): void => {
    for (const listener of listeners) listener(change);
  };
  const jobOf = ({ job, running }: Entry): Job =>
    running ? { ...job, steps: running.log.steps, warnings: running.log.warnings } : job;
  /** What runs is never forgotten. */
  const forget = (): void => {
    const oldest = clock.monotonic() - maxAgeMs;
    for (const [id, { endedMs }] of entries) {
      if (endedMs === undefined) continue;
      if (entries.size > maxJobs || endedMs < oldest) entries.delete(id);
    }
  };

  return {
    start(operation, input, { caller, ask, rows }) {
      const shown = shownInput(operation, input);
      if ([...entries.values()].filter(({ running }) => running).length >= maxRunning) {
        throw new PictlError("too-many-requests", `${maxRunning} jobs run already, which is the most.`, {
          hint: "Wait for some of them, or cancel them.",
        });
      }
      const startedMs = clock.monotonic();
      const job: Job = {
        ...caller,
        id: newId(),
        operation: operation.id,
        input: shown,
        command: commandLine(operation, shown) ?? null,
        startedAt: new Date(clock.now()).toISOString(),
        endedAt: null,
        durationMs: null,
        state: "running",
        exitCode: null,
        steps: [],
        warnings: [],
      };
      const log = new JobLog();
      const controller = new AbortController();
      const current = (): Job => ({ ...job, steps: log.steps, warnings: log.warnings });
      const progress = progressInto(log, (change) => {
        if (listeners.size > 0) tell({ job: current(), ...change });
      });
      const sink: RowSink = {
        row: (row) => {
          log.add(row);
          if (listeners.size > 0) tell({ job: current(), kind: "row", row });
          return rows?.row(row);
        },
        idle: () => rows?.idle(),
      };
      const call = { caller, job: job.id, signal: controller.signal, progress, rows: sink, ...(ask ? { ask } : {}) };
      const run = perform(cluster, operation, input, call).then(
        (report): JobEnd => ({ report }),
        (error: unknown): JobEnd => ({ error }),
      );
      const ended = run.then(async (end) => {
        const report = reportOf(end);
        if ("error" in end && !(end.error instanceof PictlError)) onBug(end.error);
        const durationMs = Math.round(clock.monotonic() - startedMs);
        const state = stateOf(report, controller.signal);
        await writeDown(cluster, { job, report, durationMs });
        const over: Job = {
          ...current(),
          endedAt: new Date(clock.now()).toISOString(),
          durationMs,
          state,
          exitCode: report.exitCode,
        };
        const detail = { output: log.output, report: keptReport(report) };
        entries.set(job.id, { job: over, detail, endedMs: clock.monotonic() });
        forget();
        tell({ job: over, kind: "ended" });
        return end;
      });
      entries.set(job.id, { job, running: { controller, ended, log } });
      forget();
      tell({ job, kind: "started" });
      return { job, ended };
    },
    list() {
      forget();
      return [...entries.values()].map(jobOf).reverse();
    },
    get(id) {
      forget();
      const entry = entries.get(id);
      if (!entry) return undefined;
      const { output = [], report = null } = entry.detail ?? { output: entry.running?.log.output };
      return { ...jobOf(entry), output, report };
    },
    cancel(id, who) {
      const running = entries.get(id)?.running;
      if (!running || running.controller.signal.aborted) return false;
      running.controller.abort(new PictlError("interrupted", `Cancelled by ${who}.`));
      return true;
    },
    watch(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async close() {
      const running = [...entries.values()].flatMap((entry) => entry.running ?? []);
      for (const { controller } of running) controller.abort(new PictlError("interrupted", "The server was ended."));
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

function stateOf(report: JobReport, signal: AbortSignal): Job["state"] {
  if (report.ok) return "done";
  return signal.aborted ? "cancelled" : "failed";
}

/** The document of what came of a job. */
function reportOf(end: JobEnd): JobReport {
  if ("report" in end) {
    const { result, failures, exitCode = exitCodeOf(failures) } = end.report;
    return { ok: exitCode === 0, exitCode, result, failures };
  }
  const { error } = end;
  const known = error instanceof PictlError ? error : new PictlError("internal", "pictl made a mistake.");
  const failures = known.related.length > 0 ? known.related : [toFailure(known)];
  return { ok: false, exitCode: exitCodeOf(failures), result: null, failures };
}

/** Who asked for what, and what came of it: also what failed before it did anything that is an event of its own. */
async function writeDown(
  { ports }: OpenCluster,
  { job, report, durationMs }: { readonly job: Job; readonly report: JobReport; readonly durationMs: number },
): Promise<void> {
  const { id, operation, input, command, who, face, address } = job;
  const [failure] = report.failures;
  const actor = {
    who,
    ...(face === undefined ? {} : { face }),
    ...(address === undefined ? {} : { address }),
    cause: command ?? operation,
    job: id,
  };
  await record(
    { ...ports, actor },
    {
      type: report.ok ? "job.done" : "job.failed",
      after: { operation, input, exitCode: report.exitCode },
      durationMs,
      ...(failure ? { error: failure.message } : {}),
    },
  );
}

type Told =
  | { readonly kind: "step"; readonly step: JobDetail["steps"][number] }
  | { readonly kind: "warning"; readonly text: string };

/** Progress that is kept in a job. What only looks is no step of it. */
function progressInto(log: JobLog, tell: (change: Told) => void): Progress {
  return {
    step(where, title): ProgressStep {
      const change = log.begin(where, title);
      let last = "";
      const say = (state: "running" | "done" | "failed", text: string): void => {
        last = text;
        tell({ kind: "step", step: change({ text, state }) });
      };
      say("running", "");
      return {
        update: (text) => {
          say("running", text);
        },
        done: (text) => {
          say("done", text ?? last);
        },
        fail: () => {
          say("failed", last);
        },
      };
    },
    look: () => ({ update: () => undefined, done: () => undefined, fail: () => undefined }),
    warn: (text) => {
      if (log.warn(text)) tell({ kind: "warning", text });
    },
  };
}
