/** What the operations of a server printed, the newest last, as `GET /log` shows it. */
export interface LegacyLog {
  append(text: string): void;
  text(): string;
  clear(): void;
}

/** Holds the last so many letters, from a line's beginning on. */
export function openLegacyLog(most = 256 * 1024): LegacyLog {
  let kept = "";
  return {
    append(text) {
      const all = kept + text;
      kept = all.length <= most ? all : all.slice(all.indexOf("\n", all.length - most) + 1);
    },
    text: () => kept,
    clear() {
      kept = "";
    },
  };
}
