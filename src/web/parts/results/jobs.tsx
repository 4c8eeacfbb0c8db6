import { useEffect, useState } from "preact/hooks";
import type { JobDetail } from "../../../operations/jobs/job.ts";
import type { LiveJob } from "../../../watch/model.ts";
import { ask } from "../../api.ts";
import { drawerOpen } from "../../state/drawer.ts";
import { may } from "../../state/session.ts";
import { jobs } from "../../state/store.ts";
import { Since } from "../display/age.tsx";
import { Command } from "../controls/command.tsx";
import { Outcome } from "./outcome.tsx";
import { State } from "../display/state.tsx";
import { span } from "../display/words.ts";

const states = {
  running: ["↻", "quiet", "runs"],
  succeeded: ["✓", "good", "done"],
  failed: ["✗", "bad", "failed"],
  interrupted: ["!", "warn", "stopped"],
  asked: ["?", "quiet", "asked first"],
} as const;

/** What is being done, and what was, from every face of this server. */
export function JobsDrawer() {
  const [open, setOpen] = useState("");
  if (!drawerOpen.value) return null;
  const close = (): void => {
    drawerOpen.value = false;
  };
  return (
    <aside class="drawer" aria-label="Jobs" onKeyDown={({ key }) => key === "Escape" && close()}>
      <header>
        <h2>Jobs</h2>
        <button type="button" class="quiet-button" aria-label="Close the jobs" onClick={close}>
          ×
        </button>
      </header>
      {jobs.value.length === 0 && (
        <p class="empty">Nothing was done here in the last day. What you do shows here, and goes on when you leave.</p>
      )}
      <ul>
        {jobs.value.toReversed().map((job) => (
          <Job key={job.id} job={job} open={open === job.id} onToggle={() => setOpen(open === job.id ? "" : job.id)} />
        ))}
      </ul>
    </aside>
  );
}

function Job({
  job,
  open,
  onToggle,
}: {
  readonly job: LiveJob;
  readonly open: boolean;
  readonly onToggle: () => void;
}) {
  const asked = job.failures.some(({ code }) => code === "confirmation-missing");
  const [sign, tone, text] = states[asked ? "asked" : job.state];
  return (
    <li>
      <button type="button" class="job" aria-expanded={open} onClick={onToggle}>
        <State sign={sign} tone={tone} text={text} />
        <strong>{job.title}</strong>
        <span class="quiet">
          {job.who} · {job.face} ·{" "}
          {job.endedAtMs === null ? <Since atMs={job.startedAtMs} /> : span(job.endedAtMs - job.startedAtMs)}
        </span>
        {job.state === "running" && job.progress !== null && <span class="detail">{job.progress}</span>}
      </button>
      {open && <Detail job={job} />}
    </li>
  );
}

/** Its steps, the last lines of its commands, and what it came to; asked for again whenever it has gone on. */
function Detail({ job: { id, state, progress } }: { readonly job: LiveJob }) {
  const [detail, setDetail] = useState<JobDetail | undefined>();
  useEffect(() => {
    void ask<{ jobs: readonly JobDetail[] }>("GET", `jobs/${id}`).then(({ result }) => setDetail(result?.jobs[0]));
  }, [id, state, progress]);
  if (!detail) return <p class="quiet">Asking …</p>;
  return (
    <div class="job-detail">
      {detail.command !== null && <Command text={detail.command} />}
      <ul class="steps">
        {detail.steps.map((step, index) => (
          <li key={index}>
            <span class={step.state === "failed" ? "bad" : step.state === "done" ? "good" : ""} aria-hidden="true">
              {step.state === "failed" ? "✗" : step.state === "done" ? "✓" : "↻"}
            </span>
            <span>
              <strong>{step.where}</strong> {step.title} <span class="quiet">{step.text}</span>
            </span>
          </li>
        ))}
      </ul>
      {detail.output.length > 0 && (
        <pre class="output" tabIndex={0} aria-label="Output">
          {detail.output.slice(-200).map(lineOf).join("\n")}
        </pre>
      )}
      {detail.warnings.map((text) => (
        <p key={text} class="warning">
          {text}
        </p>
      ))}
      {detail.report && <Outcome answer={detail.report as Parameters<typeof Outcome>[0]["answer"]} />}
      {state === "running" && may("operator") && (
        <button type="button" onClick={() => void ask("DELETE", `jobs/${id}`)}>
          Stop it
        </button>
      )}
    </div>
  );
}

function lineOf(row: object): string {
  const { node, line } = row as { readonly node?: string; readonly line?: string };
  return line === undefined ? JSON.stringify(row) : `${node ?? ""}: ${line}`;
}
