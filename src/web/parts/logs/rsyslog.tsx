import { useState } from "preact/hooks";
import type { Analysis } from "../../../app/rsyslog.ts";
import { requestOf } from "../../operations.ts";
import { may } from "../../state/session.ts";
import { Age } from "../display/age.tsx";
import { BarStrip, Ranking } from "../charts/bars.tsx";
import { Command } from "../controls/command.tsx";
import { Failures } from "../results/failures.tsx";
import { OneOf, Switch } from "../controls/fields.tsx";
import { gradeFields, grades } from "./syslog.tsx";
import { useLook } from "../results/use-look.ts";
import { span } from "../display/words.ts";

const spans = [
  ["1h", "An hour"],
  ["24h", "A day"],
  ["168h", "A week"],
  ["", "All"],
] as const;

/** What stands in the rsyslog file of the cluster, counted where it lies. */
export function Rsyslog() {
  const [grade, setGrade] = useState<(typeof grades)[number][0]>("all");
  const [since, setSince] = useState<(typeof spans)[number][0]>("24h");
  const [sudo, setSudo] = useState(false);
  const input = { ...gradeFields(grade), since, sudo };
  const allowed = may("operator");
  const { result, failures, busy, atMs, again } = useLook<{ analyses: readonly Analysis[] }>(
    "node.rsyslog",
    allowed ? input : undefined,
  );
  if (!allowed) return <p class="empty">What rsyslog has needs the role operator.</p>;
  return (
    <>
      <div class="toolbar">
        <OneOf label="How grave" choices={grades} value={grade} onValue={setGrade} />
        <OneOf label="How far back" choices={spans} value={since} onValue={setSince} />
        <Switch label="As root" on={sudo} onChange={setSudo} />
        <button type="button" disabled={busy} onClick={again}>
          {busy ? "Counting …" : "Count again"}
        </button>
        {atMs !== null && <Age atMs={atMs} oldMs={60_000} label="counted" />}
      </div>
      <Failures failures={failures} />
      {result?.analyses.map((analysis) => (
        <Pictures key={analysis.node} analysis={analysis} />
      ))}
      <Command text={requestOf("node.rsyslog", input).command} />
    </>
  );
}

function Pictures({ analysis }: { readonly analysis: Analysis }) {
  const { node, file, lines, counted, unreadable, histogram, messages, durationMs } = analysis;
  return (
    <section aria-label={node}>
      <p class="quiet">
        {node}:{file}, {counted} of {lines} lines{unreadable > 0 ? `, ${String(unreadable)} are no syslog` : ""}, in{" "}
        {span(durationMs)}
      </p>
      <BarStrip
        label={`Lines per ${String(histogram.stepMinutes)} min`}
        bars={histogram.rows.map(({ from, count }) => ({ label: from.replace("T", " "), value: count }))}
      />
      <div class="cards">
        <Ranking title="Hosts" rows={analysis.hosts.map(({ host, count }) => ({ label: host, value: count }))} />
        <Ranking
          title="Severities"
          rows={analysis.severities.map(({ severity, count }) => ({
            label: severity,
            value: count,
            ...(severity === "warning" ? { tone: "warn" as const } : {}),
            ...(/^(emerg|alert|crit|err)/.test(severity) ? { tone: "bad" as const } : {}),
          }))}
        />
        <Ranking
          title="Programs"
          rows={analysis.programs.map(({ program, count }) => ({ label: program, value: count }))}
        />
      </div>
      <Ranking
        title="Messages"
        rows={messages.map(({ severity, program, message, count }) => ({
          label: `${program}: ${message} (${severity})`,
          value: count,
        }))}
      />
    </section>
  );
}
