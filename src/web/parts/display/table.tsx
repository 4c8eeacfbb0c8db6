import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** By what the rows are ordered; without it they are not by this column. */
  readonly order?: (row: Row) => string | number;
  /** Left out where the page is narrow. */
  readonly wide?: boolean;
  readonly numeric?: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly marks?: { readonly marked: ReadonlySet<string>; readonly toggle: (keys: readonly string[]) => void };
  readonly empty: ComponentChildren;
}

const rowHeight = 44;
const beyond = 10;

/** A table that draws only the rows that are seen, so that two thousand cost what thirty do. */
export function DataTable<Row>({ label, columns, rows, keyOf, onOpen, marks, empty }: Props<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [order, setOrder] = useState<{ id: string; down: boolean } | undefined>();
  const [cursor, setCursor] = useState(-1);
  const sorted = useMemo(() => ordered(rows, columns, order), [rows, columns, order]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const from = Math.max(0, Math.floor(view.top / rowHeight) - beyond);
  const to = Math.min(sorted.length, Math.ceil((view.top + view.height) / rowHeight) + beyond);
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(sorted.length - 1, to));
    setCursor(next);
    const element = box.current;
    if (!element) return;
    const [top, bottom] = [next * rowHeight, (next + 2) * rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).tagName === "INPUT") return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: cursor + 1,
      j: cursor + 1,
      ArrowUp: cursor - 1,
      k: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      g: 0,
      End: sorted.length - 1,
      G: sorted.length - 1,
    };
    const step = steps[event.key];
    const row = sorted[cursor];
    if (step !== undefined) move(step);
    else if (event.key === "Enter" && row && onOpen) onOpen(row);
    else if (event.key === " " && row && marks) marks.toggle([keyOf(row)]);
    else return;
    event.preventDefault();
  };
  const all = marks !== undefined && sorted.length > 0 && sorted.every((row) => marks.marked.has(keyOf(row)));
  return (
    <div
      class="table-box"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={label}
      onKeyDown={onKeyDown}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <table class="data" aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {marks && (
              <th class="mark" scope="col">
                <label>
                  <input
                    type="checkbox"
                    aria-label="Mark all"
                    checked={all}
                    onChange={() => marks.toggle(sorted.map(keyOf))}
                  />
                </label>
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                class={classOf(column)}
                aria-sort={order?.id === column.id ? (order.down ? "descending" : "ascending") : undefined}
              >
                {column.order ? (
                  <button type="button" class="sort" onClick={() => setOrder(turned(order, column.id))}>
                    {column.title}
                    <span aria-hidden="true">{order?.id === column.id ? (order.down ? " ↓" : " ↑") : ""}</span>
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 && <Spacer height={from * rowHeight} />}
          {sorted.slice(from, to).map((row, index) => {
            const key = keyOf(row);
            const marked = marks?.marked.has(key) ?? false;
            const at = from + index;
            return (
              <tr
                key={key}
                aria-rowindex={at + 2}
                class={`${at === cursor ? "cursor" : ""} ${marked ? "marked" : ""} ${onOpen ? "opens" : ""}`}
                onClick={() => {
                  setCursor(at);
                  onOpen?.(row);
                }}
              >
                {marks && (
                  <td class="mark" onClick={(event) => event.stopPropagation()}>
                    <label>
                      <input
                        type="checkbox"
                        aria-label={`Mark ${key}`}
                        checked={marked}
                        onChange={() => marks.toggle([key])}
                      />
                    </label>
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.id} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {to < sorted.length && <Spacer height={(sorted.length - to) * rowHeight} />}
        </tbody>
      </table>
      {sorted.length === 0 && <div class="empty">{empty}</div>}
    </div>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden="true" class="spacer">
      <td style={{ height: `${String(height)}px` }} />
    </tr>
  );
}

function classOf<Row>({ wide, numeric, id }: Column<Row>): string {
  return `c-${id} ${wide === true ? "wide" : ""} ${numeric === true ? "numeric" : ""}`;
}

function turned(
  order: { id: string; down: boolean } | undefined,
  id: string,
): { id: string; down: boolean } | undefined {
  if (order?.id !== id) return { id, down: false };
  return order.down ? undefined : { id, down: true };
}

function ordered<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: { id: string; down: boolean } | undefined,
): readonly Row[] {
  const by = columns.find(({ id }) => id === order?.id)?.order;
  if (!by || !order) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [one, other] = [by(a), by(b)];
    return (
      sign *
      (typeof one === "string" ? one.localeCompare(String(other), undefined, { numeric: true }) : one - Number(other))
    );
  });
}
