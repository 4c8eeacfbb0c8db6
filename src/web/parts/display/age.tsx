import { now } from "../../state/clock.ts";
import { span } from "./words.ts";

interface Props {
  readonly atMs: number | null;
  readonly oldMs: number;
  readonly label?: string;
  /** Below a title that says what it is. */
  readonly titled?: boolean;
}

/** How old something is: quiet while it is fresh, and loud when it is not. */
export function Age({ atMs, oldMs, label = "seen", titled = false }: Props) {
  if (atMs === null) return <span class="age old">never {label}</span>;
  const age = now.value - atMs;
  const old = age > oldMs;
  return (
    <span class={old ? "age old" : "age"} title={new Date(atMs).toLocaleString()}>
      {titled && !old ? span(age) : `${label} ${span(age)} ago`}
    </span>
  );
}

/** How long something has gone on; it counts by itself. */
export function Since({ atMs }: { readonly atMs: number | null }) {
  if (atMs === null) return <span class="quiet">–</span>;
  return <span title={new Date(atMs).toLocaleString()}>{span(now.value - atMs)}</span>;
}
