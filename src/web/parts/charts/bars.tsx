import type { ComponentChildren } from "preact";

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly tone?: "good" | "warn" | "bad";
}

/** Counts side by side over time, the greatest as high as the strip. */
export function BarStrip({ label, bars }: { readonly label: string; readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const sum = bars.reduce((total, { value }) => total + value, 0);
  return (
    <figure class="strip">
      <figcaption>
        {label} <span class="quiet">{sum}</span>
      </figcaption>
      <div class="strip-bars" role="img" aria-label={`${label}: ${bars.map(said).join(", ")}`}>
        {bars.map((bar) => (
          <span key={bar.label} title={said(bar)}>
            <span
              class={`fill ${bar.tone ?? ""}`}
              style={{ height: `${String(Math.max(bar.value > 0 ? 6 : 0, (bar.value / most) * 100))}%` }}
            />
          </span>
        ))}
      </div>
      <div class="strip-ends quiet" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
      </div>
    </figure>
  );
}

function said({ label, value }: Bar): string {
  return `${label}: ${String(value)}`;
}

/** Who has how much of it, the most first. */
export function Ranking({ title, rows }: { readonly title: ComponentChildren; readonly rows: readonly Bar[] }) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <section class="card ranking">
      <h2>{title}</h2>
      <ul>
        {rows.map(({ label, value, tone = "" }) => (
          <li key={label}>
            <span class="ranking-label" title={label}>
              {label}
            </span>
            <span class="bar" aria-hidden="true">
              <span class={`fill ${tone}`} style={{ width: `${String((value / most) * 100)}%` }} />
            </span>
            <span class="numeric">{value}</span>
          </li>
        ))}
      </ul>
      {rows.length === 0 && <p class="empty">None.</p>}
    </section>
  );
}
