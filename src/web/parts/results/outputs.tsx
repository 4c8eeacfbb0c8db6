import { foldNames } from "../../../domain/exec/fold-names.ts";
import { visibleLines } from "../../../domain/text.ts";
import type { OutputRow } from "../../../operations/command/lines.ts";

/** How a command ended on a node. */
export interface Ended {
  readonly node: string;
  readonly status: string;
  readonly code: number | null;
  readonly durationMs: number;
}

interface Output {
  readonly nodes: readonly string[];
  readonly text: string;
  readonly code: number | null | undefined;
}

/** What commands printed: of each node, or of all that printed the same. */
export function Outputs({
  lines,
  ended,
  folded,
}: {
  readonly lines: readonly OutputRow[];
  readonly ended: readonly Ended[];
  readonly folded: boolean;
}) {
  const each = outputsOf(lines, ended);
  return (
    <>
      {(folded ? fold(each) : each).map(({ nodes, text, code }) => (
        <details key={nodes.join()} open class="card result">
          <summary>
            <strong>{foldNames(nodes)}</strong> {nodes.length > 1 && <span class="quiet">{nodes.length} nodes</span>}{" "}
            {code === undefined || code === 0 ? "" : <span class="bad">exit {code ?? "unknown"}</span>}
          </summary>
          {text === "" ? (
            <p class="quiet">It printed nothing.</p>
          ) : (
            <pre class="output" tabIndex={0} aria-label={`Output of ${foldNames(nodes)}`}>
              {visibleLines(text)}
            </pre>
          )}
        </details>
      ))}
    </>
  );
}

function outputsOf(lines: readonly OutputRow[], ended: readonly Ended[]): readonly Output[] {
  const texts = Map.groupBy(lines, ({ node }) => node);
  const names = [...new Set([...ended.map(({ node }) => node), ...texts.keys()])];
  return names.map((node) => ({
    nodes: [node],
    text: (texts.get(node) ?? []).map(({ line }) => line).join("\n"),
    code: ended.find((each) => each.node === node)?.code,
  }));
}

function fold(outputs: readonly Output[]): readonly Output[] {
  return [...Map.groupBy(outputs, ({ text, code }) => `${String(code)} ${text}`).values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ ...first, nodes: same.flatMap(({ nodes }) => nodes) }] : [];
  });
}
