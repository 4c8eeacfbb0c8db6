import { useEffect, useState } from "preact/hooks";
import type { CheckRow } from "../../../domain/heartbeat/decision.ts";
import type { JobDetail } from "../../../operations/jobs/job.ts";
import { ask } from "../../api.ts";
import { heartbeat, jobs } from "../../state/store.ts";
import { Since } from "../display/age.tsx";
import { State } from "../display/state.tsx";

/** What the last round that somebody asked for has found, until the daemon's own rounds know more. */
export function RoundByHand() {
  const [checks, setChecks] = useState<readonly CheckRow[]>([]);
  const last = jobs.value.findLast(
    ({ operation, endedAtMs }) => operation === "daemon.heartbeat" && endedAtMs !== null,
  );
  const id = last?.id;
  useEffect(() => {
    if (id === undefined) return;
    void ask<{ jobs: readonly JobDetail[] }>("GET", `jobs/${id}`).then(({ result }) => {
      const found: { checks?: readonly CheckRow[] } | null | undefined = result?.jobs[0]?.report?.result;
      setChecks(found?.checks ?? []);
    });
  }, [id]);
  const endedAtMs = last?.endedAtMs ?? 0;
  if (checks.length === 0 || endedAtMs <= (heartbeat.value?.lastRoundAtMs ?? 0)) return null;
  return (
    <section class="card" aria-label="The round by hand">
      <div class="title">
        The round by hand, <Since atMs={endedAtMs} /> ago
      </div>
      <ul class="rows">
        {checks.map(({ container, node, ok, message }) => (
          <li key={`${container}@${node}`}>
            <State sign={ok ? "●" : "▲"} tone={ok ? "good" : "bad"} text={ok ? "well" : "fails"} />
            <a href={`#/containers/${encodeURIComponent(`${container}@${node}`)}`}>{`${container}@${node}`}</a>
            <span class="detail">{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
