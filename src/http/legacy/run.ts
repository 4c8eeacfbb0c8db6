import { onAbort } from "../../abort.ts";
import type { Report } from "../../app/kit/report.ts";
import { PictlError } from "../../domain/errors.ts";
import type { Operation } from "../../operations/operation.ts";
import { type Caller, perform } from "../../operations/perform.ts";
import { failureText } from "../../view/failures.ts";
import type { Style } from "../../view/text/style.ts";
import { silentProgress } from "../api/look.ts";
import type { OperationParts } from "../api/operations.ts";
import type { LegacyRoute } from "./routes.ts";

export const plain: Style = { colour: false, width: Infinity };

/** Of one answer. */
const mostLetters = 1024 * 1024;

interface Run {
  readonly operation: Operation;
  readonly caller: Caller;
  /** A look ends then, with whoever looks; a change goes on. */
  readonly ended: readonly AbortSignal[];
}

/** What the command would have printed. A change is a job, as over the API. Rejects as operations do. */
export async function printed(
  { jobs, cluster }: OperationParts,
  { text, line }: LegacyRoute,
  input: object,
  { operation, caller, ended }: Run,
): Promise<string> {
  let lines = "";
  const row = (each: object): void => {
    if (line && lines.length < mostLetters) lines += line(each as never);
  };
  const rows = { row, idle: () => undefined };
  const shown = ({ result, failures }: Report<object>): string =>
    `${lines}${text(result as never, plain)}${failureText(plain, failures)}`;
  if (operation.changes) {
    const end = await jobs.start(operation, input, { caller, rows }).ended;
    if ("error" in end) throw end.error;
    return shown(end.report);
  }
  const over = new AbortController();
  const offs = ended.map((signal) =>
    onAbort(signal, () => {
      over.abort(new PictlError("interrupted", "Nobody is there any more to see it."));
    }),
  );
  try {
    const asked = { caller, signal: over.signal, progress: silentProgress, ...(line ? { rows } : {}) };
    return shown(await perform(cluster, operation, input, asked));
  } finally {
    for (const off of offs) off();
  }
}
