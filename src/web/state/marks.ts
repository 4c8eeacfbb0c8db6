import { type Signal, signal } from "@preact/signals";

export interface Marks {
  readonly marked: Signal<ReadonlySet<string>>;
  /** Marks all of them; where all are, none. */
  readonly toggle: (keys: readonly string[]) => void;
}

/** What is marked in a table; it stays while one looks elsewhere. */
export function marks(): Marks {
  const marked = signal<ReadonlySet<string>>(new Set());
  return {
    marked,
    toggle(keys) {
      const next = new Set(marked.value);
      const all = keys.every((key) => next.has(key));
      for (const key of keys) {
        if (all) next.delete(key);
        else next.add(key);
      }
      marked.value = next;
    },
  };
}
