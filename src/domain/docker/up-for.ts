/** Docker's words for a time (docker/go-units `HumanDuration`), as milliseconds that have passed at least. */
const unitMs: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};

/**
 * For how long a container has been up at least, milliseconds, by Docker's own words (`Up 3 seconds (healthy)`): they go
 * by the node's clock alone, which may be hours away from ours. Undefined when it is not up, or nothing is said.
 */
export function upForMs(statusText: string): number | undefined {
  const [, count = "", unit = ""] =
    /^Up (\d+|About an?|Less than a) (second|minute|hour|day|week|month|year)s?\b/.exec(statusText) ?? [];
  const ms = unitMs[unit];
  if (ms === undefined) return undefined;
  if (count.startsWith("Less")) return 0;
  return count.startsWith("About") ? ms : Number(count) * ms;
}
