import { differenceOf } from "./diff.ts";

/** What is taken away and what comes, with the lines around it. */
export function Difference({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <pre class="output diff" tabIndex={0} aria-label="What changes">
      {differenceOf(before, after).map(({ sign, text, line }, index) => (
        <div key={index} class={sign === "+" ? "good" : sign === "-" ? "bad" : "quiet"}>
          <span class="quiet">{String(line ?? "").padStart(5)}</span> {sign} {text}
        </div>
      ))}
    </pre>
  );
}
