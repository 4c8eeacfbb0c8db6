import { lists } from "../lists/index.ts";
import type { Fact } from "../lists/list.ts";
import { cursorRow } from "../state/screen/rows.ts";
import type { State } from "../state/types.ts";
import { detailIsView } from "../state/keys/walk.ts";
import type { Line, Span } from "./line.ts";
import { fitLine, lineWidth, wrapped } from "./spans.ts";
import { fit, safe, width } from "./text.ts";

/** The detail of the row under the cursor: its tabs, and what the chosen one tells. */
export function drawDetail(state: State, room: { readonly columns: number; readonly rows: number }): readonly Line[] {
  if (state.view === "logs") return [];
  const row = cursorRow(state);
  const { tabs, title } = lists[state.view];
  const tab = tabs[state.detail.tab] ?? tabs[0];
  if (!row || !tab) return [];
  const facts = tab.lines(row, { model: state.model, nowMs: state.nowMs });
  const lines = facts.flatMap((fact) => factLines(fact, room.columns, facts));
  const space = room.rows - 1;
  const scroll = Math.max(0, Math.min(state.detail.scroll, lines.length - space));
  const names = tabs.map((each): Span => {
    const chosen = each === tab;
    return {
      text: ` ${each.title} `,
      tone: chosen ? "strong" : "dim",
      ground: chosen ? (state.detail.focused ? "cursor" : "bar") : undefined,
    };
  });
  const more: Span[] =
    scroll + space < lines.length ? [{ text: ` ↓ ${lines.length - space - scroll} more`, tone: "dim" }] : [];
  // Where it is all there is to see, what it is about is told, and is cut before what leads on.
  const called = detailIsView(state) ? ` ${safe(title?.(row) ?? row.id)} ` : "";
  const left = room.columns - lineWidth([...names, ...more]);
  const name: Span[] =
    called === "" ? [] : [{ text: width(called) > left ? fit(called, Math.max(14, left)) : called, tone: "accent" }];
  const tooMany = lineWidth([...name, ...names, ...more]) > room.columns;
  const shown = tooMany ? names.filter((_, index) => tabs[index] === tab) : names;
  return [fitLine([...name, ...shown, ...more], room.columns), ...lines.slice(scroll, scroll + space)];
}

function factLines(fact: Fact, columns: number, all: readonly Fact[]): readonly Line[] {
  if ("heading" in fact) {
    return [
      [],
      [
        { text: `${fact.heading} `, tone: "accent" },
        { text: "─".repeat(Math.max(0, columns - width(fact.heading) - 2)), tone: "dim" },
      ],
    ];
  }
  if ("text" in fact)
    return wrapped(safe(fact.text), columns - 1).map((text) => [{ text, tone: fact.tone ?? "plain" }]);
  const names = all.flatMap((each) => ("name" in each ? [width(each.name)] : []));
  const label = Math.min(Math.max(...names) + 2, Math.floor(columns / 2));
  return wrapped(safe(fact.value), columns - label - 1).map((text, index): Line => [
    { text: fit(index === 0 ? safe(fact.name) : "", label), tone: "dim" },
    { text, tone: fact.tone ?? "plain" },
  ]);
}
