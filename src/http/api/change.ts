import type { Context } from "hono";
import { onAbort } from "../../abort.ts";
import type { Jobs } from "../../operations/jobs/index.ts";
import type { Job, JobChange } from "../../operations/jobs/job.ts";
import type { Operation } from "../../operations/operation.ts";
import type { Caller } from "../../operations/perform.ts";
import { jsonDocument, jsonFailure } from "../../view/document.ts";
import { answer, answeredFailures } from "../answer.ts";
import type { ServerEnv } from "../env.ts";
import { alreadySent, formatOf, openLines } from "./lines.ts";

/**
 * Begins a job, and answers as the client wants it: with the document when it is over; with its place at once (`Prefer:
 * respond-async`); or with what happens while it does (`Accept: application/x-ndjson`, `text/event-stream`). The job goes
 * on when the client leaves.
 */
export async function answerChange(
  context: Context<ServerEnv>,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  { jobs, caller }: { readonly jobs: Jobs; readonly caller: Caller },
): Promise<Response> {
  const accept = context.req.header("accept") ?? "";
  if (/\bapplication\/x-ndjson\b|\btext\/event-stream\b/.test(accept)) {
    return told(context, jobs, () => jobs.start(operation, input, { caller }));
  }
  const { job, ended } = jobs.start(operation, input, { caller });
  if (/\brespond-async\b/i.test(context.req.header("prefer") ?? "")) {
    const accepted = answer({ result: { jobs: [job] }, failures: [] });
    return withHeaders(accepted, 202, {
      location: placeOf(context.req.path, job),
      "preference-applied": "respond-async",
    });
  }
  const end = await ended;
  if ("error" in end) throw end.error;
  const { status } = answer(end.report);
  return withHeaders(answer(end.report), status, { "pictl-job": job.id });
}

/** `job` first, then each change, and the document last. */
async function told(
  context: Context<ServerEnv>,
  jobs: Jobs,
  start: () => ReturnType<Jobs["start"]>,
): Promise<Response> {
  // The input is looked at before anything is answered.
  const { job, ended } = start();
  const lines = openLines(context.env.outgoing, formatOf(context.req.header("accept")));
  void lines.write({ job }, "job");
  const unwatch = jobs.watch((change) => {
    if (change.job.id === job.id && !lines.behind) write(change);
  });
  const write = (change: JobChange): void => {
    if (change.kind === "step") void lines.write({ step: change.step }, "step");
    else if (change.kind === "warning") void lines.write({ warning: change.text }, "warning");
    else if (change.kind === "row") void lines.write({ row: change.row }, "row");
  };
  const off = onAbort(lines.left, unwatch);
  const end = await ended;
  off();
  unwatch();
  const document = "report" in end ? jsonDocument(end.report) : jsonFailure(answeredFailures(end.error, known));
  void lines.write({ report: document }, "report");
  lines.end();
  return alreadySent();
}

/** The job has told of it. */
function known(): void {
  return undefined;
}

/** Relative, so that it is right behind a proxy and under a path. */
function placeOf(path: string, { id }: Job): string {
  const below = path.replace(/^\/api\/v1\//, "").split("/").length - 1;
  return `${"../".repeat(below)}jobs/${id}`;
}

function withHeaders(response: Response, status: number, headers: Readonly<Record<string, string>>): Response {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(response.body, { status, headers: all });
}
