/** A share of a whole as a bar, with its number beside it. */
export function Gauge({ label, value, text }: { label: string; value: number | null; text: string }) {
  const level = value === null ? "none" : value >= 90 ? "bad" : value >= 75 ? "warn" : "good";
  return (
    <div class="gauge">
      <span class="gauge-label">{label}</span>
      <span class="bar" aria-hidden="true">
        <span class={`fill ${level}`} style={{ width: `${String(Math.min(100, Math.max(0, value ?? 0)))}%` }} />
      </span>
      <span class="gauge-text">{text}</span>
    </div>
  );
}
