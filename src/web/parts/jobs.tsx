import { signal } from "@preact/signals";
import { jobs } from "../state/store.ts";
import { Since } from "./age.tsx";
import { State } from "./state.tsx";
import { span } from "./words.ts";

export const drawerOpen = signal(false);

const states = {
  running: ["↻", "quiet"],
  succeeded: ["✓", "good"],
  failed: ["✗", "bad"],
  interrupted: ["!", "warn"],
} as const;

/** What is being done, and what was, from every face of this server. */
export function JobsDrawer() {
  if (!drawerOpen.value) return null;
  return (
    <aside class="drawer" aria-label="Jobs">
      <header>
        <h2>Jobs</h2>
        <button
          type="button"
          class="quiet-button"
          aria-label="Close the jobs"
          onClick={() => {
            drawerOpen.value = false;
          }}
        >
          ×
        </button>
      </header>
      {jobs.value.length === 0 && <p class="empty">Nothing was done here yet.</p>}
      <ul>
        {jobs.value.toReversed().map((job) => {
          const [sign, tone] = states[job.state];
          return (
            <li key={job.id}>
              <div>
                <State sign={sign} tone={tone} text={job.state} /> <strong>{job.title}</strong>
              </div>
              <div class="quiet">
                {job.who} · {job.face} ·{" "}
                {job.endedAtMs === null ? <Since atMs={job.startedAtMs} /> : span(job.endedAtMs - job.startedAtMs)}
              </div>
              {job.progress !== null && job.state === "running" && <div class="detail">{job.progress}</div>}
              {job.failures.map((failure) => (
                <p key={failure.message} class="problem">
                  {failure.message} {failure.hint}
                </p>
              ))}
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
