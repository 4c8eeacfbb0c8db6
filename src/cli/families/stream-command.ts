import type { Report } from "../../app/kit/report.ts";
import { PictlCommand } from "../command.ts";
import { exitCodeFor } from "../../view/document.ts";
import { jsonDocumentRows, jsonLineRows, type RowOutput, textRows } from "../output/row-output.ts";
import { sinkOf } from "../output/sink.ts";

/** What commands share whose rows are printed while they come (`logs`, `log`). */
export abstract class StreamCommand extends PictlCommand {
  /** Rows as text, as one JSON document under `key`, or as JSON lines when they are followed. */
  protected rows<Row extends object>(options: {
    readonly json: boolean;
    readonly follow: boolean;
    readonly key: string;
    readonly text: (row: Row) => string;
  }): RowOutput<Row> {
    const sink = sinkOf(process.stdout);
    if (!options.json) return textRows(sink, options.text);
    return options.follow ? jsonLineRows(sink) : jsonDocumentRows(sink, options.key);
  }

  /** Ends the output and sets the exit code. */
  protected async finishRows(report: Report<object>, output: RowOutput<never>, json: boolean): Promise<void> {
    await output.end(report);
    if (json) process.exitCode = exitCodeFor(report);
    else await this.finish(report, () => "");
  }
}
