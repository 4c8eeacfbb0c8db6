import { useState } from "preact/hooks";
import { visible } from "../../../domain/text.ts";
import { Age } from "../display/age.tsx";
import { Command } from "../controls/command.tsx";
import { Failures } from "../results/failures.tsx";
import { Filter } from "../controls/filter.tsx";
import { NodeChoice, OneOf, Switch } from "../controls/fields.tsx";
import { severity } from "./severity.ts";
import { useLook } from "../results/use-look.ts";
import { may } from "../../state/session.ts";
import { requestOf } from "../../operations.ts";

type Grade = "all" | "warnings" | "errors" | "failures";

export const grades: readonly (readonly [Grade, string])[] = [
  ["all", "All"],
  ["warnings", "Warnings"],
  ["errors", "Errors"],
  ["failures", "Failures"],
];

/** What `syslog` and `rsyslog` take for a grade. */
export function gradeFields(grade: Grade) {
  return {
    errors: grade === "errors" || grade === "warnings",
    warnings: grade === "warnings",
    failures: grade === "failures",
  };
}

/** The system log of nodes, as they have it now; `nodes` given: of those alone. */
export function Syslog({ nodes: given }: { readonly nodes?: readonly string[] }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [grade, setGrade] = useState<Grade>("all");
  const [sudo, setSudo] = useState(false);
  const [filter, setFilter] = useState("");
  const input = { node: given ?? chosen, ...gradeFields(grade), tail: 200, sudo };
  const { result, failures, busy, atMs, again } = useLook<{
    lines: readonly { readonly node: string; readonly line: string }[];
  }>("node.syslog", may("operator") ? input : undefined);
  if (!may("operator")) return <p class="empty">The system log of a node needs the role operator.</p>;
  const wanted = filter.toLowerCase();
  const lines = (result?.lines ?? []).filter(({ line }) => line.toLowerCase().includes(wanted));
  return (
    <div class="logs">
      <div class="toolbar">
        {given === undefined && <NodeChoice label="Of" value={chosen} onValue={setChosen} all="all nodes" />}
        <OneOf label="How grave" choices={grades} value={grade} onValue={setGrade} />
        <Switch label="As root" on={sudo} onChange={setSudo} />
        <Filter label="Only lines with" placeholder="Only lines with …" value={filter} onValue={setFilter} />
        <button type="button" disabled={busy} onClick={again}>
          {busy ? "Reading …" : "Read again"}
        </button>
        {atMs !== null && <Age atMs={atMs} oldMs={60_000} label="read" />}
      </div>
      <Failures failures={failures} />
      <div class="log-lines wrap" tabIndex={0} role="log" aria-label="System log" aria-live="off">
        {lines.map(({ node, line }, index) => (
          <div key={index} class={`log-line ${severity(line)}`}>
            {given === undefined && <span class="from">{node}</span>}
            <span class="text">{visible(line)}</span>
          </div>
        ))}
        {lines.length === 0 && !busy && <p class="empty">{filter === "" ? "No line." : "No line fits."}</p>}
      </div>
      <Command text={requestOf("node.syslog", input).command} />
    </div>
  );
}
