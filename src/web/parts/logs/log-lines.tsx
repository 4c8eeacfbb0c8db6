import type { RefObject } from "preact";
import { visible } from "../../../domain/text.ts";
import { severity } from "./severity.ts";
import type { NumberedLine } from "./use-lines.ts";

interface Props {
  readonly place: RefObject<HTMLDivElement | null>;
  readonly lines: readonly NumberedLine[];
  /** Whether each line says whose it is. */
  readonly names: boolean;
  readonly wrap: boolean;
  /** Which lines are marked; a click on one shows it among the others. */
  readonly found: ((text: string) => boolean) | undefined;
  readonly at: number | undefined;
  readonly empty: string;
  readonly onBack: () => void;
  readonly onLine: (line: NumberedLine) => void;
}

/** Lines of logs. Their text is text: nothing of it is run, nothing of it moves. */
export function LogLines({ place, lines, names, wrap, found, at, empty, onBack, onLine }: Props) {
  return (
    <div
      ref={place}
      class={`log-lines ${wrap ? "wrap" : ""}`}
      tabIndex={0}
      role="log"
      aria-label="Lines"
      aria-live="off"
      onWheel={({ deltaY }) => deltaY < 0 && onBack()}
      onKeyDown={({ key }) => /^(ArrowUp|PageUp|Home)$/.test(key) && onBack()}
    >
      {lines.map((row) => (
        <div
          key={row.id}
          id={`line-${String(row.id)}`}
          class={`log-line ${row.stream === "stderr" ? "stderr" : ""} ${severity(row.line)} ${found?.(row.line) === true ? "found" : ""} ${at === row.id ? "at" : ""}`}
          onClick={() => onLine(row)}
        >
          <time title={row.time}>{row.time.slice(11, 23)}</time>
          {names && (
            <span class={`from hue-${String(hue(row.container + row.node))}`}>
              {row.container}@{row.node}
            </span>
          )}
          <span class="text">{visible(row.line)}</span>
        </div>
      ))}
      {lines.length === 0 && <p class="empty">{empty}</p>}
    </div>
  );
}

/** The same colour for the same container, of eight. */
function hue(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 8;
}
