import type { Report } from "../app/kit/report.ts";
import { type ErrorCode, exitCodeOf, type Failure, PictlError, toFailure } from "../domain/errors.ts";
import { exitCodeFor, type JsonDocument, jsonDocument, jsonFailure, jsonText } from "../view/document.ts";
import { RequestRefused } from "./refusal.ts";

/** The status of a document, by the exit code that the command would have ended with. */
function statusOf(exitCode: number): number {
  return { 0: 200, 2: 400, 3: 502, 4: 409, 130: 503 }[exitCode] ?? 422;
}

/** A report as the document that `--json` prints of it. */
export function answer(report: Report<object>): Response {
  return documentResponse(jsonDocument(report), statusOf(exitCodeFor(report)));
}

/**
 * The document of what went wrong. `tell` is given what is a bug of ours; the client is not, since nobody has looked at
 * what such a message may hold.
 */
export function answerError(error: unknown, tell: (error: Error) => void): Response {
  const headers = error instanceof RequestRefused ? error.headers : {};
  return documentResponse(jsonFailure(answeredFailures(error, tell)), statusOfError(error), headers);
}

/** The status of what went wrong as a whole. */
export function statusOfError(error: unknown): number {
  if (error instanceof RequestRefused) return error.status;
  if (!(error instanceof PictlError)) return 500;
  return ownStatus[error.code] ?? statusOf(exitCodeOf(error.related.length > 0 ? error.related : [toFailure(error)]));
}

/** What HTTP has a status for. */
const ownStatus: Readonly<Partial<Record<ErrorCode, number>>> = { "config-changed": 412, "too-many-requests": 429 };

/** The failures that an error stands for; of a bug of ours, which `tell` is given, only that there is one. */
export function answeredFailures(error: unknown, tell: (error: Error) => void): readonly Failure[] {
  if (error instanceof PictlError) return error.related.length > 0 ? error.related : [toFailure(error)];
  tell(error instanceof Error ? error : new Error(String(error)));
  return [toFailure(new PictlError("internal", "The server made a mistake.", { hint: "Its log says which." }))];
}

function documentResponse(
  document: JsonDocument,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${jsonText(document)}\n`, {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
  });
}
