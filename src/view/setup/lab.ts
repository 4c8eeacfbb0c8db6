import { quote } from "../../domain/shell.ts";
import type { Style } from "../text/style.ts";
import { table } from "../text/table.ts";

/** What the views need of a lab; `src/lab` has more. */
interface LabRows {
  readonly name: string;
  readonly config: string;
  readonly nodes: readonly LabRow[];
}

interface LabRow {
  readonly node: string;
  readonly address: string;
  readonly state: string;
  readonly sshd: boolean;
  readonly dockerd: boolean | null;
  readonly cut: readonly { readonly peer: string; readonly direction: "to" | "from" | "both" }[];
}

/** The table of `pictl lab status`, and of every command that changes a lab. */
export function labView(lab: LabRows, style: Style): string {
  return table<LabRow>(
    style,
    [
      { title: "NODE", value: (row) => row.node },
      { title: "ADDRESS", value: (row) => row.address },
      { title: "STATE", value: (row) => row.state, tone: (row) => (row.state === "running" ? "good" : "bad") },
      { title: "SSHD", value: (row) => answers(row.sshd), tone: (row) => (row.sshd ? undefined : "bad") },
      {
        title: "DOCKERD",
        value: (row) => answers(row.dockerd),
        tone: (row) => (row.dockerd === false ? "bad" : undefined),
      },
      { title: "CUT", value: cutText, tone: () => "warn", min: 3 },
    ],
    lab.nodes,
  );
}

/** The same, and how to go on from there. */
export function labUpView(lab: LabRows, style: Style): string {
  const name = lab.name === "lab" ? "" : ` --name ${lab.name}`;
  return `${labView(lab, style)}
Try it:       pictl nodes --config ${quote(lab.config)}
Take it down: pictl lab down${name}
`;
}

export function labDownView(lab: {
  readonly name: string;
  readonly dir: string | null;
  readonly kept: readonly string[];
}): string {
  if (lab.dir === null) return `There is no lab "${lab.name}".\n`;
  const kept = lab.kept.length === 0 ? "" : `What is yours is still in ${lab.dir}: ${lab.kept.join(", ")}.\n`;
  return `Lab "${lab.name}" is down.\n${kept}`;
}

function answers(up: boolean | null): string {
  return up === null ? "-" : up ? "answers" : "down";
}

function cutText(row: LabRow): string {
  const arrows = { to: "→ ", from: "← ", both: "" };
  return row.cut.map(({ peer, direction }) => `${arrows[direction]}${peer}`).join(", ");
}
