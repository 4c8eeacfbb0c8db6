import { screenLayout } from "../state/screen/layout.ts";
import type { State } from "../state/types.ts";
import { shownRows } from "../state/screen/rows.ts";
import { detailIsView } from "../state/keys/walk.ts";
import { drawDetail } from "./detail.ts";
import { drawFoot, drawTelling } from "./foot.ts";
import { drawHead, drawTabs } from "./head.ts";
import type { Line } from "./line.ts";
import { drawList } from "./list.ts";
import { drawLogs } from "./logs.ts";
import { withOverlay } from "./overlay.ts";
import { drawPulse } from "./pulse.ts";
import { fitLine, wrapped } from "./spans.ts";

/** The whole screen: exactly as many lines as it has rows. Of a state and nothing else, so that a test can read it. */
export function draw(state: State): readonly Line[] {
  const { columns, rows } = state.size;
  const layout = screenLayout(state.size, state.view);
  if (layout.tooSmall) {
    const text = `Make the terminal larger: 40×10 at least, it is ${columns}×${rows}.`;
    const lines = wrapped(text, columns).map((each): Line => [{ text: each }]);
    return filled(lines, rows).map((line) => fitLine(line, columns));
  }
  const room = { columns, rows: layout.rows };
  const body = withOverlay(state, filled(drawView(state), room.rows), room);
  return [
    drawHead(state),
    ...(layout.top === 2 ? [drawTabs(state)] : []),
    ...filled(body, room.rows),
    drawTelling(state),
    drawFoot(state),
  ]
    .slice(0, rows)
    .map((line) => fitLine(line, columns));
}

function drawView(state: State): readonly Line[] {
  const layout = screenLayout(state.size, state.view);
  const room = { columns: state.size.columns, rows: layout.rows };
  if (state.view === "logs") return drawLogs(state, room);
  if (state.view === "pulse") return drawPulse(state, room);
  if (detailIsView(state)) return drawDetail(state, room);
  // Where no row is, there is nothing to be told beside the list.
  const beside = layout.beside && shownRows(state, state.view).length > 0;
  const columns = beside ? layout.listColumns : room.columns;
  const list = filled(drawList(state, state.view, { columns, rows: layout.listRows + 1 }), layout.rows);
  if (!beside) return list;
  const detail = drawDetail(state, { columns: layout.detailColumns, rows: layout.rows });
  return list.map((line, row) => [
    ...fitLine(line, layout.listColumns),
    { text: "│", tone: "dim" },
    ...(detail[row] ?? []),
  ]);
}

function filled(lines: readonly Line[], rows: number): readonly Line[] {
  return Array.from({ length: rows }, (_, row) => lines[row] ?? []);
}
