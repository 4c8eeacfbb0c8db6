import { Failures } from "./failures.tsx";
import { bytes, span } from "../display/words.ts";
import type { Answer } from "../../api.ts";

/** What a row of any report may have; each is a row of docs/json.md. */
interface Row {
  readonly container?: string;
  readonly node?: string | null;
  readonly image?: string;
  readonly vip?: string;
  readonly from?: string;
  readonly to?: string;
  readonly kind?: string;
  readonly outcome?: string;
  readonly changed?: boolean;
  readonly changes?: readonly string[];
  readonly why?: string;
  readonly swap?: string | null;
  readonly data?: readonly string[];
  readonly bytes?: number | null;
  readonly gapMs?: number | null;
  readonly moves?: readonly Row[];
}

/** What something came to, or would: a line for each thing that it is about, and what failed. */
export function Outcome({ answer }: { readonly answer: Pick<Answer, "result" | "failures"> }) {
  const rows = rowsOf(answer.result);
  return (
    <div class="outcome">
      {rows.length > 0 && (
        <ul>
          {rows.map((row, index) => (
            <li key={index} class={row.changed === true ? "done" : ""}>
              {row.kind !== undefined && <span class="tag">{row.kind}</span>}
              <strong>{whereOf(row)}</strong>
              <span>{textOf(row)}</span>
              {[...(row.changes ?? []), ...(row.data ?? [])].map((text) => (
                <code key={text} class={changeTone(text)}>
                  {text}
                </code>
              ))}
            </li>
          ))}
        </ul>
      )}
      {rows.length === 0 && answer.failures.length === 0 && <p class="quiet">Nothing is to be done.</p>}
      <Failures failures={answer.failures} />
    </div>
  );
}

/** A report has its rows below one key; a drain has its moves below its node. */
function rowsOf(result: Answer["result"]): readonly Row[] {
  const [rows] = Object.values(result ?? {}).filter(Array.isArray) as (readonly Row[])[];
  return (rows ?? [])
    .filter((row) => typeof row === "object")
    .flatMap((row) => [row, ...(row.moves ?? [])])
    .slice(0, 500);
}

function whereOf({ container, image, vip, node, from, to }: Row): string {
  const what = container ?? image ?? vip;
  if (from !== undefined && to !== undefined) return `${what ?? ""} ${from} → ${to}`;
  if (from !== undefined) return `${what ?? ""} ${from} → ${node ?? "?"}`;
  return [what, node].filter((part) => part != null && part !== "").join("@");
}

function textOf(row: Row): string {
  return [
    row.outcome,
    row.why,
    row.swap == null ? undefined : `by ${row.swap}`,
    row.bytes == null ? undefined : `frees ${bytes(row.bytes)}`,
    row.gapMs == null
      ? undefined
      : `nothing served for ${row.gapMs < 1000 ? `${String(row.gapMs)} ms` : span(row.gapMs)}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function changeTone(text: string): string {
  return text.startsWith("+") ? "good" : text.startsWith("-") ? "bad" : "";
}
