import type { LiveOutput } from "../../app/exec.ts";
import { WholeLines } from "../../domain/exec/whole-lines.ts";
import type { RowSink } from "../context.ts";

/** What a command on a node said. */
export interface OutputRow {
  readonly node: string;
  readonly stream: "stdout" | "stderr";
  readonly line: string;
}

/** Of a line in the making; what it has beyond is cut. */
const maxLineBytes = 64 * 1024;

/** The output of many nodes as rows, a line each, while it comes. */
export function linesAsRows(rows: RowSink): LiveOutput {
  const sources = new Map<string, WholeLines>();
  const put = (node: string, stream: OutputRow["stream"], lines: Uint8Array | undefined): void | Promise<void> => {
    if (!lines) return;
    let pending: void | Promise<void> = undefined;
    for (const line of decoder.decode(lines.subarray(0, -1)).split("\n")) {
      pending = rows.row({ node, stream, line: line.replace(/\r$/, "") } satisfies OutputRow) ?? pending;
    }
    return rows.idle() ?? pending;
  };
  const key = (node: string, stream: string): string => `${stream} ${node}`;
  return {
    write(node, stream, chunk) {
      let source = sources.get(key(node, stream));
      if (!source) sources.set(key(node, stream), (source = new WholeLines(maxLineBytes)));
      return put(node, stream, source.push(chunk));
    },
    end(node) {
      for (const stream of ["stdout", "stderr"] as const) {
        void put(node, stream, sources.get(key(node, stream))?.end());
        sources.delete(key(node, stream));
      }
    },
  };
}

const decoder = new TextDecoder();
