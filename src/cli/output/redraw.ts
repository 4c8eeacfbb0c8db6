/**
 * Shows a text in the place of the one before, on a terminal that it shares with what was there already: no more
 * lines than the terminal has, none of them wrapped, and the cursor below them after every frame, so that an end at
 * any moment leaves nothing to be put in order.
 */
export function redraw(terminal: { readonly rows?: number; write(text: string): unknown }): (text: string) => void {
  let drawn = 0;
  return (text) => {
    const lines = fitting(text.replace(/\n$/, "").split("\n"), (terminal.rows ?? 24) - 1);
    const up = drawn === 0 ? "" : `\x1b[${String(drawn)}F`;
    terminal.write(`${up}\x1b[J\x1b[?7l${lines.map((line) => `${line}\n`).join("")}\x1b[?7h`);
    drawn = lines.length;
  };
}

function fitting(lines: readonly string[], height: number): readonly string[] {
  if (lines.length <= height) return lines;
  const shown = lines.slice(0, Math.max(1, height - 1));
  return [...shown, `… and ${String(lines.length - shown.length)} more lines`];
}
