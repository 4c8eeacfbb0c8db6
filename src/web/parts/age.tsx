import { now } from "../state/clock.ts";
import { span } from "./words.ts";

/** How old something is: quiet while it is fresh, and said aloud when it is not. */
export function Age({ atMs, oldMs, label = "seen" }: { atMs: number | null; oldMs: number; label?: string }) {
  if (atMs === null) return <span class="age old">never {label}</span>;
  const age = now.value - atMs;
  const old = age > oldMs;
  return (
    <span class={old ? "age old" : "age"} title={new Date(atMs).toLocaleString()}>
      {old ? `${label} ${span(age)} ago` : span(age)}
    </span>
  );
}

/** How long something has gone on; it counts by itself. */
export function Since({ atMs }: { readonly atMs: number | null }) {
  if (atMs === null) return <span class="quiet">–</span>;
  return <span title={new Date(atMs).toLocaleString()}>{span(now.value - atMs)}</span>;
}
