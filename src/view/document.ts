import type { Report } from "../app/kit/report.ts";
import { exitCodeOf, type Failure } from "../domain/errors.ts";

/** The one document that `--json` prints and the API answers; its shape is the same on success and failure. */
export interface JsonDocument {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly result: object | null;
  readonly failures: readonly Failure[];
}

export function jsonDocument(report: Report<object>): JsonDocument {
  const exitCode = exitCodeFor(report);
  return { ok: exitCode === 0, exitCode, result: report.result, failures: report.failures };
}

/** The document for a command that ended before it had a result. */
export function jsonFailure(failures: readonly Failure[]): JsonDocument {
  return { ok: false, exitCode: exitCodeOf(failures), result: null, failures };
}

export function exitCodeFor(report: Report<object>): number {
  return report.exitCode ?? exitCodeOf(report.failures);
}

/** JSON text that is safe to print anywhere: C1 and bidirectional controls are escaped too. */
export function jsonText(document: object): string {
  return printable(JSON.stringify(document, null, 2));
}

/** The same on one line. */
export function jsonLine(document: object): string {
  return printable(JSON.stringify(document));
}

function printable(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
