import { plural } from "../../domain/text.ts";
import type { Model } from "../../watch/model.ts";
import { type Concern, concerns } from "./concerns.ts";
import { listView, type Row } from "./list.ts";

export interface ConcernLine extends Row {
  readonly concern: Concern;
}

/** What is wrong, the worst first. */
function rows(model: Model, nowMs: number): readonly ConcernLine[] {
  return concerns(model, nowMs).map((concern) => ({ id: concern.id, subject: concern.subject, concern }));
}

const signs = ["✗", "✗", "▲"] as const;
const tones = ["bad", "bad", "warn"] as const;

export const pulse = listView<ConcernLine>({
  rows,
  timed: true,
  text: ({ concern }) => `${concern.what} ${concern.why}`.toLowerCase(),
  empty: (model) => wellness(model),
  columns: [
    {
      title: "",
      value: ({ concern }) => signs[concern.weight],
      tone: ({ concern }) => tones[concern.weight],
      min: 1,
      max: 1,
      rank: 0,
    },
    {
      title: "WHAT",
      value: ({ concern }) => concern.what,
      tone: ({ concern }) => tones[concern.weight],
      min: 10,
      max: 26,
      rank: 0,
    },
    { title: "WHY", value: ({ concern }) => concern.why, min: 16, max: 120, rank: 0 },
    {
      title: "WHAT HELPS",
      value: ({ concern }) => concern.helps.map(([key, words]) => `${key} ${words}`).join("  "),
      tone: () => "key",
      min: 18,
      max: 44,
      rank: 1,
    },
  ],
  tabs: [],
});

function wellness(model: Model): string {
  const nodes = [...model.nodes.values()];
  if (
    nodes.some(
      (node) => node.state === "connecting" || (node.state === "answering" && node.docker.state === "connecting"),
    )
  ) {
    return "Looking at the nodes…";
  }
  const count = nodes.reduce((sum, node) => sum + node.containers.size, 0);
  return `✓ Everything is as it should be: ${plural(count, "container")} on ${plural(nodes.length, "node")}.`;
}
