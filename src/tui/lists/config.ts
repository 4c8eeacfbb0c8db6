import { plural } from "../../domain/text.ts";
import type { ConfigProblem } from "../../domain/config/types.ts";
import type { Model } from "../../watch/model.ts";
import { type Fact, listView, type Row, type RowSight } from "./list.ts";

interface ProblemLine extends Row {
  readonly problem: ConfigProblem;
}

function rows(model: Model): readonly ProblemLine[] {
  return model.config.problems.map((problem, index): ProblemLine => {
    return { id: `${index} ${problem.line}:${problem.column} ${problem.path}`, subject: undefined, problem };
  });
}

export const configList = listView<ProblemLine>({
  rows,
  title: ({ problem }) => problem.path || "the file",
  text: ({ problem }) => `${problem.path} ${problem.message}`.toLowerCase(),
  empty: ({ config: { path, failure, config: read } }) =>
    failure
      ? `${failure.message}${failure.hint === undefined ? "" : ` ${failure.hint}`}`
      : `${path} has no mistakes: ${plural(read.nodes.length, "node")}, ${plural(read.placements.length, "container")}, ${plural(read.vips.length, "virtual IP")}. \`e\` edits it.`,
  columns: [
    {
      title: "",
      value: ({ problem }) => (problem.severity === "error" ? "✗" : "▲"),
      tone: ({ problem }) => (problem.severity === "error" ? "bad" : "warn"),
      min: 1,
      max: 1,
      rank: 0,
    },
    {
      title: "",
      value: ({ problem }) => problem.severity,
      min: 7,
      max: 7,
      rank: 1,
      sort: ({ problem }) => problem.severity,
    },
    {
      title: "LINE",
      value: ({ problem }) => `${problem.line}:${problem.column}`,
      align: "right",
      min: 6,
      max: 8,
      rank: 0,
      sort: ({ problem }) => problem.line,
    },
    {
      title: "WHERE",
      value: ({ problem }) => problem.path || "the file",
      min: 10,
      max: 30,
      rank: 1,
      sort: ({ problem }) => problem.path,
    },
    { title: "PROBLEM", value: ({ problem }) => problem.message, min: 20, max: 100, rank: 0 },
  ],
  tabs: [{ title: "Details", lines: details }],
});

function details({ problem }: ProblemLine, _sight: RowSight): readonly Fact[] {
  return [
    { name: "file", value: problem.file },
    { name: "line", value: `${problem.line}, column ${problem.column}` },
    { name: "where", value: problem.path || "the whole file" },
    { text: problem.message, tone: problem.severity === "error" ? "bad" : "warn" },
  ];
}
