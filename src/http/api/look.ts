import type { Context } from "hono";
import { onAbort } from "../../abort.ts";
import type { Progress, ProgressStep } from "../../app/ports.ts";
import type { Report } from "../../app/kit/report.ts";
import { PictlError } from "../../domain/errors.ts";
import type { RowSink } from "../../operations/context.ts";
import type { OpenCluster } from "../../app/ports.ts";
import { isSet } from "../../operations/input.ts";
import type { Operation } from "../../operations/operation.ts";
import { type Caller, perform } from "../../operations/perform.ts";
import { exitCodeFor, jsonFailure, jsonLine, jsonText } from "../../view/document.ts";
import { answer, answeredFailures } from "../answer.ts";
import type { ServerEnv } from "../env.ts";
import { securityHeaders } from "../guard/headers.ts";
import { alreadySent, formatOf, leaving, openLines, written } from "./lines.ts";

export interface Looking {
  readonly cluster: OpenCluster;
  readonly caller: Caller;
  /** The session or token it rests on has ended, the server ends. */
  readonly ended: readonly AbortSignal[];
  readonly onBug: (error: Error) => void;
}

/**
 * Runs an operation that changes nothing, until the client leaves. Rows are sent while they come, those of one that goes
 * on as a JSON object each; what comes to its end soon has the status of its exit code.
 */
export async function answerLook(
  context: Context<ServerEnv>,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  looking: Looking,
): Promise<Response> {
  const { outgoing } = context.env;
  const over = new AbortController();
  const offs = [leaving(outgoing), ...looking.ended].map((signal) =>
    onAbort(signal, () => {
      over.abort(new PictlError("interrupted", "Nobody is there any more to see it."));
    }),
  );
  const run = (rows?: RowSink): Promise<Report<object>> =>
    perform(looking.cluster, operation, input, {
      caller: looking.caller,
      signal: over.signal,
      progress: silentProgress,
      ...(rows ? { rows } : {}),
    });
  try {
    if (operation.follows !== undefined && isSet(input[operation.follows]))
      return await followed(context, run, looking);
    if (operation.streams !== undefined) return await inRows(context, operation.streams, run, looking);
    return tagged(await run());
  } finally {
    for (const off of offs) off();
  }
}

/** What has a version says it where HTTP does. */
function tagged(report: Report<object>): Response {
  const response = answer(report);
  const { version } = report.result as { readonly version?: unknown };
  if (typeof version === "string") response.headers.set("etag", `"${version}"`);
  return response;
}

/** A JSON object for each row, and one for each failure. */
async function followed(
  context: Context<ServerEnv>,
  run: (rows: RowSink) => Promise<Report<object>>,
  { onBug }: Looking,
): Promise<Response> {
  let lines: ReturnType<typeof openLines> | undefined;
  const open = (): ReturnType<typeof openLines> =>
    (lines ??= openLines(context.env.outgoing, formatOf(context.req.header("accept"))));
  // Who follows what is quiet must know soon that it is followed; what is wrong with the question is told before.
  const soon = setTimeout(open, headersAfterMs);
  try {
    const { failures } = await run({ row: (row) => open().write(row, "row"), idle: () => undefined });
    for (const failure of failures) void open().write({ failure }, "failure");
    open().end();
  } catch (error) {
    if (!lines) throw error;
    for (const failure of answeredFailures(error, onBug)) void lines.write({ failure }, "failure");
    lines.end();
  } finally {
    clearTimeout(soon);
  }
  return alreadySent();
}

const headersAfterMs = 500;
/** So much of a document is kept back, so that what comes to its end by then has its own status. */
const keptBytes = 256 * 1024;

/** The document that `--json` prints, its rows as they come. */
async function inRows(
  context: Context<ServerEnv>,
  key: string,
  run: (rows: RowSink) => Promise<Report<object>>,
  { onBug }: Looking,
): Promise<Response> {
  const { outgoing } = context.env;
  const kept: string[] = [];
  let bytes = 0;
  let count = 0;
  let write: ((text: string) => void | Promise<void>) | undefined;
  const put = (text: string): void | Promise<void> => {
    if (write) return write(text);
    kept.push(text);
    bytes += text.length;
    if (bytes < keptBytes) return undefined;
    outgoing.writeHead(200, {
      ...securityHeaders(),
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
    write = written(outgoing);
    return write(kept.splice(0).join(""));
  };
  const begin = (): string => `{\n  "result": {\n    ${JSON.stringify(key)}: [`;
  try {
    const report = await run({
      row: (row) => put(`${count++ === 0 ? begin() : ","}\n      ${jsonLine(row)}`),
      idle: () => undefined,
    });
    if (!write) return answer({ ...report, result: { ...report.result, [key]: rowsIn(kept) } });
    const exitCode = exitCodeFor(report);
    const rest = jsonText({ ok: exitCode === 0, exitCode, failures: report.failures });
    void write(`\n    ]\n  },${rest.slice(1)}\n`);
  } catch (error) {
    if (!write) throw error;
    const { ok, exitCode, failures } = jsonFailure(answeredFailures(error, onBug));
    void write(`\n    ]\n  },${jsonText({ ok, exitCode, failures }).slice(1)}\n`);
  }
  outgoing.end();
  return alreadySent();
}

function rowsIn(kept: readonly string[]): readonly unknown[] {
  if (kept.length === 0) return [];
  const text = kept.join("");
  return JSON.parse(text.slice(text.indexOf("[")) + "]") as readonly unknown[];
}

/** Nobody watches a look. */
const step: ProgressStep = { update: () => undefined, done: () => undefined, fail: () => undefined };
export const silentProgress: Progress = { step: () => step, look: () => step, warn: () => undefined };
