/** Values as people read them. */

export function bytes(value: number | null | undefined): string {
  if (value == null) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let [rest, unit] = [value, 0];
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${rest >= 100 || unit === 0 ? rest.toFixed(0) : rest.toFixed(1)} ${units[unit] ?? ""}`;
}

export function percent(value: number | null | undefined): string {
  return value == null ? "–" : `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** `3 s`, `5 min`, `2 h`, `4 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 90) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)} h`;
  return `${String(Math.floor(hours / 24))} d`;
}

/** The time of day; with its date where that is another one. */
export function clock(at: string | number, nowMs: number): string {
  const [time, today] = [new Date(at), new Date(nowMs)];
  const hours = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return time.toDateString() === today.toDateString()
    ? hours
    : `${time.toLocaleDateString([], { month: "short", day: "numeric" })} ${hours}`;
}

export function count(number: number, singular: string, many = `${singular}s`): string {
  return `${String(number)} ${number === 1 ? singular : many}`;
}
