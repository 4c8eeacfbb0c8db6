import type { Ask } from "../../app/ports.ts";
import { type Failure, toFailure } from "../../domain/errors.ts";
import type { OpenCluster } from "../../app/ports.ts";
import { operationOf } from "../../operations/index.ts";
import type { Job } from "../../operations/jobs/job.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import { type Caller, perform } from "../../operations/perform.ts";
import type { LiveJob } from "../../watch/model.ts";
import type { LiveJobs } from "../../watch/index.ts";
import type { TuiMessage, Decided } from "../state/types.ts";

interface RunsOptions {
  readonly cluster: OpenCluster;
  readonly jobs: Jobs;
  readonly caller: Caller;
  readonly tell: (message: TuiMessage) => void;
}

/** Runs operations: those that change something as jobs. Their questions are asked on the screen. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #stopping = new AbortController();
  readonly #asked = new Map<number, (yes: boolean) => void>();
  #questions = 0;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  answer(question: number, yes: boolean): void {
    this.#asked.get(question)?.(yes);
    this.#asked.delete(question);
  }

  /** What only looks is called off; questions are answered with no. Jobs are ended by who has opened them. */
  stop(): void {
    this.#stopping.abort();
    for (const each of this.#asked.values()) each(false);
  }

  async run(run: Decided): Promise<void> {
    const { cluster, jobs, caller, tell } = this.#options;
    const operation = operationOf(run.operation);
    if (!operation) return;
    const ask = this.#ask();
    try {
      if (!operation.changes) {
        const { signal } = this.#stopping;
        const { progress } = cluster.ports;
        const report = await perform(cluster, operation, run.input, { caller, signal, progress, ask });
        tell({ kind: "answered", run, result: report.result, failures: report.failures });
        return;
      }
      const { job, ended } = jobs.start(operation, run.input, { caller, ask });
      const end = await ended;
      if ("error" in end) throw end.error;
      const { failures, result, exitCode = 0 } = end.report;
      if (shows.has(operation.id)) tell({ kind: "answered", run, result, failures });
      else if (failures.length > 0) tell({ kind: "told", text: whyTold(titleOf(job), failures), tone: "bad" });
      else if (exitCode === exitCodeOfNo) tell({ kind: "told", text: "Nothing was changed.", tone: "plain" });
      else tell({ kind: "told", text: `✓ ${titleOf(job)}: done.`, tone: "good" });
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const title = operation.command ?? operation.id;
      tell({ kind: "told", text: whyTold(title, [toFailure(error)]), tone: "bad" });
    }
  }

  #ask(): Ask {
    const confirm = (question: string): Promise<boolean> => {
      const id = (this.#questions += 1);
      this.#options.tell({ kind: "asked", question, id });
      return new Promise((resolve) => this.#asked.set(id, resolve));
    };
    const unasked = (): Promise<string> => Promise.reject(new Error("only yes and no are asked here"));
    return { confirm, text: unasked, hidden: unasked };
  }
}

/** Of a run that was asked about and declined. */
const exitCodeOfNo = 4;

/** Their answer is what they are for. */
const shows: ReadonlySet<string> = new Set(["command.exec", "command.run", "daemon.heartbeat"]);

function whyTold(title: string, failures: readonly Failure[]): string {
  const [first] = failures;
  const place = [first?.container, first?.node].filter((each) => each !== undefined).join("@");
  const more = failures.length > 1 ? ` (+${failures.length - 1})` : "";
  return `✗ ${title}: ${place === "" ? "" : `${place}: `}${first?.message ?? "failed"}${more} J shows all of it.`;
}

function titleOf({ command, operation }: Job): string {
  return (command ?? operation).replace(/^pictl /, "");
}

const states: Readonly<Record<Job["state"], LiveJob["state"]>> = {
  running: "running",
  done: "succeeded",
  failed: "failed",
  cancelled: "interrupted",
};

/** The jobs as the live model has them, the newest last. */
export function jobsEffects(jobs: Jobs): LiveJobs {
  return {
    current: () =>
      jobs
        .list()
        .map((job): LiveJob => {
          const step = job.steps.findLast(({ state }) => state === "running");
          return {
            id: job.id,
            operation: job.operation,
            title: titleOf(job),
            who: job.who,
            face: job.face ?? "cli",
            state: states[job.state],
            startedAtMs: Date.parse(job.startedAt),
            endedAtMs: job.endedAt === null ? null : Date.parse(job.endedAt),
            progress: step ? [step.where, step.title, step.text].filter((each) => each !== "").join(": ") : null,
            failures: job.state === "running" ? [] : (jobs.get(job.id)?.report?.failures ?? []),
          };
        })
        .reverse(),
    subscribe: (listener) => jobs.watch(listener),
  };
}
