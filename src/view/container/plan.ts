import type { StepRow } from "../../app/plan/carry-out.ts";
import { type PlanStep, type StepKind, stepKinds } from "../../domain/plan/types.ts";
import { plural, visible } from "../../domain/text.ts";
import { type Style, tint, type Tone } from "../text/style.ts";
import { type Column, outcomeColumn, table } from "../text/table.ts";

const tones: Record<StepKind, Tone | undefined> = {
  build: undefined,
  deliver: undefined,
  pull: undefined,
  remove: "bad",
  move: "warn",
  create: "good",
  start: "good",
  replace: "warn",
};

/** The steps in their order, with what becomes of data, and how many there are of each kind. */
export function planView(result: { steps: readonly (PlanStep | StepRow)[] }, style: Style): string {
  return result.steps.length === 0 ? "Nothing to do: all is as the config says.\n" : stepsView(result, style);
}

/** The same where something else keeps it from being as the config says. */
export function stepsView({ steps }: { steps: readonly (PlanStep | StepRow)[] }, style: Style): string {
  if (steps.length === 0) return "";
  if (steps.every(isDone)) return table(style, [...columns<StepRow>(), outcomeColumn()], steps);
  const rows = table(style, [...columns(), { title: "WHY", value: why, min: 20, wraps: true }], steps);
  return `${rows}${tint(style, "strong", `${inNumbers(steps)}.`)}\n`;
}

function isDone(step: PlanStep | StepRow): step is StepRow {
  return "outcome" in step;
}

function columns<Row extends PlanStep>(): readonly Column<Row>[] {
  return [
    { title: "STEP", value: ({ kind }) => kind, tone: ({ kind }) => tones[kind] },
    { title: "CONTAINER", value: ({ container }) => container, min: 10 },
    { title: "NODE", value: ({ node }) => node, min: 8 },
  ];
}

function why({ why, swap, data }: PlanStep): string {
  return [`${why}${swap === null ? "" : ` (${swap})`}`, ...data].join("; ");
}

/** `10 to replace, 5 to create` */
function inNumbers(steps: readonly PlanStep[]): string {
  const counts = stepKinds.flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${String(count)} to ${kind}`];
  });
  return counts.join(", ");
}

/** What is asked before a plan is carried out; the plan stands above it. */
export function planQuestion(steps: readonly PlanStep[]): string {
  const behind = steps.filter(({ leavesData }) => leavesData);
  const places = behind.map(({ container, from = "" }) => `${container} on ${from}`).join(", ");
  const data =
    behind.length === 0 ? "" : `, leaving behind what ${plural(behind.length, "container")} has of its own (${places})`;
  return visible(`${inNumbers(steps)}${data}. Do it?`);
}
