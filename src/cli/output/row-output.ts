import type { Report } from "../../app/kit/report.ts";
import { exitCodeFor, jsonLine, jsonText } from "../../view/document.ts";
import type { Sink } from "./sink.ts";

/** Prints rows as they come, without keeping them. */
export interface RowOutput<Row extends object> {
  /** While a returned promise is pending, the reader is behind. */
  row(row: Row): void | Promise<void>;
  /** Hands on what was collected for one larger write. */
  flush(): void | Promise<void>;
  /** Writes what ends the document: the failures and the exit code. */
  end(report: Report<object>): void | Promise<void>;
}

/** Lines for people. */
export function textRows<Row extends object>(sink: Sink, text: (row: Row) => string): RowOutput<Row> {
  const { add, flush } = collected(sink);
  return { row: (row) => add(text(row)), flush, end: flush };
}

/** The document of `--json`, row by row; its keys are those of every command, in another order. */
export function jsonDocumentRows<Row extends object>(sink: Sink, key: string): RowOutput<Row> {
  const { add, flush } = collected(sink);
  let rows = 0;
  const begin = (): string => (rows++ === 0 ? `{\n  "result": {\n    ${JSON.stringify(key)}: [\n      ` : ",\n      ");
  return {
    row: (row) => add(begin() + jsonLine(row)),
    flush,
    end(report) {
      const opened = rows === 0 ? `{\n  "result": {\n    ${JSON.stringify(key)}: []` : "\n    ]";
      const exitCode = exitCodeFor(report);
      const rest = jsonText({ ok: exitCode === 0, exitCode, failures: report.failures });
      void add(`${opened}\n  },${rest.slice(1)}\n`);
      return flush();
    },
  };
}

/** One JSON object a line; a failure is `{"failure": {…}}`. */
export function jsonLineRows<Row extends object>(sink: Sink): RowOutput<Row> {
  const { add, flush } = collected(sink);
  return {
    row: (row) => add(`${jsonLine(row)}\n`),
    flush,
    end(report) {
      for (const failure of report.failures) void add(`${jsonLine({ failure })}\n`);
      return flush();
    },
  };
}

/** Many small writes made few. */
function collected(sink: Sink): { add: (text: string) => void | Promise<void>; flush: () => void | Promise<void> } {
  let text = "";
  const flush = (): void | Promise<void> => {
    if (text === "") return;
    const all = text;
    text = "";
    return sink(all);
  };
  return {
    add(more) {
      text += more;
      return text.length < 64 * 1024 ? undefined : flush();
    },
    flush,
  };
}
