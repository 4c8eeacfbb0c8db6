import type { Job } from "../../operations/jobs/job.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import { operationOf } from "../../operations/index.ts";
import type { LiveJobs } from "../../watch/index.ts";
import type { LiveJob } from "../../watch/model.ts";

/** The jobs of this server as the live model has them. */
export function liveJobs(jobs: Jobs): LiveJobs {
  return {
    current: () =>
      jobs
        .list()
        .map((job) => live(job, jobs))
        .toReversed(),
    subscribe: (listener) =>
      jobs.watch(({ kind }) => {
        if (kind !== "row") listener();
      }),
  };
}

function live(job: Job, jobs: Jobs): LiveJob {
  const state = ({ running: "running", done: "succeeded", failed: "failed", cancelled: "interrupted" } as const)[
    job.state
  ];
  const step = job.steps.findLast((each) => each.state === "running") ?? job.steps.at(-1);
  return {
    id: job.id,
    operation: job.operation,
    title: job.command?.replace(/^pictl /, "") ?? operationOf(job.operation)?.button ?? job.operation,
    who: job.who,
    face: job.face ?? "api",
    state,
    startedAtMs: Date.parse(job.startedAt),
    endedAtMs: job.endedAt === null ? null : Date.parse(job.endedAt),
    progress: step === undefined ? null : `${step.where}: ${step.text === "" ? step.title : step.text}`,
    failures: job.state === "running" ? [] : (jobs.get(job.id)?.report?.failures ?? []),
  };
}
