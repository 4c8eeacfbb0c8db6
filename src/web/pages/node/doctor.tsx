import { Command } from "../../parts/controls/command.tsx";
import { Age } from "../../parts/display/age.tsx";
import { Failures } from "../../parts/results/failures.tsx";
import { State } from "../../parts/display/state.tsx";
import { useLook } from "../../parts/results/use-look.ts";
import { requestOf } from "../../operations.ts";

interface Check {
  readonly node: string | null;
  readonly check: string;
  readonly state: keyof typeof signs;
  readonly message: string;
  readonly remedy: string | null;
}

const signs = { ok: ["●", "good"], warning: ["▲", "warn"], problem: ["✗", "bad"], skipped: ["–", "quiet"] } as const;

/** Each thing that a node must have, with what to do where it has not. */
export function Doctor({ node }: { readonly node: string }) {
  const { result, failures, busy, atMs, again } = useLook<{ checks: readonly Check[] }>("node.doctor", {
    node: [node],
  });
  return (
    <>
      <div class="toolbar">
        <button type="button" disabled={busy} onClick={again}>
          {busy ? "Examining …" : "Examine again"}
        </button>
        {atMs !== null && <Age atMs={atMs} oldMs={120_000} label="examined" />}
        <Command text={requestOf("node.doctor", { node: [node] }).command} />
      </div>
      <ul class="rows">
        {result?.checks.map((check) => {
          const [sign, tone] = signs[check.state];
          return (
            <li key={`${check.node ?? ""} ${check.check}`}>
              <State sign={sign} tone={tone} text={check.state} />
              <strong>{check.check}</strong>
              <span class="detail">
                {check.node === null ? "this machine: " : ""}
                {check.message}
              </span>
              {check.remedy !== null && <p class="warning">{check.remedy}</p>}
            </li>
          );
        })}
      </ul>
      <Failures failures={failures} />
    </>
  );
}
