import type { LiveJob } from "../../watch/model.ts";
import { duration } from "../../view/text/units.ts";
import { lasting } from "../lists/words.ts";
import type { State } from "../state/types.ts";
import type { Line, LineTone } from "./line.ts";
import { fitLine, wrapped } from "./spans.ts";
import { safe } from "./text.ts";

const signs: Readonly<Record<LiveJob["state"], readonly [sign: string, tone: LineTone]>> = {
  running: ["◐", "accent"],
  succeeded: ["✓", "good"],
  failed: ["✗", "bad"],
  interrupted: ["○", "warn"],
};

/** What was done from here, the newest first, with what came of it. */
export function drawJobs(
  state: State,
  index: number,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly Line[] {
  const jobs = state.model.jobs.toReversed();
  const title = fitLine(
    [
      { text: " Jobs", tone: "strong" },
      { text: "  x stops the one under the cursor", tone: "dim" },
    ],
    columns,
    "bar",
  );
  if (jobs.length === 0) return [title, [{ text: " Nothing was done from here yet." }]];
  const blocks = jobs.map((job, at) => block(job, { here: at === index, columns, nowMs: state.nowMs }));
  // As many before the one under the cursor as leave it in sight.
  const lines: Line[] = [];
  blocks.forEach((each, at) => {
    lines.push(...each);
    while (at <= index && lines.length > rows - 1) lines.shift();
  });
  return [title, ...lines.slice(0, rows - 1)];
}

function block(
  job: LiveJob,
  { here, columns, nowMs }: { readonly here: boolean; readonly columns: number; readonly nowMs: number },
): readonly Line[] {
  const [sign, tone] = signs[job.state];
  const ground = here ? "cursor" : undefined;
  const lasted = job.endedAtMs === null ? lasting(nowMs - job.startedAtMs) : duration(job.endedAtMs - job.startedAtMs);
  const head = fitLine(
    [
      { text: ` ${sign} `, tone, ground },
      { text: safe(job.title), tone: "strong", ground },
      { text: safe(`  ${job.state}, ${lasted}, ${job.who} (${job.face})`), tone: "dim", ground },
    ],
    columns,
    ground,
  );
  const below = (text: string, of: LineTone): readonly Line[] =>
    wrapped(safe(text), columns - 6).map((part) => [{ text: `     ${part}`, tone: of }]);
  return [
    head,
    ...(job.state === "running" && job.progress !== null ? below(job.progress, "plain") : []),
    ...job.failures.flatMap(({ message, hint, node, container }) => {
      const place = [container, node].filter((each) => each !== undefined).join("@");
      const lines = message
        .split("\n")
        .flatMap((line, at) => below(at === 0 && place !== "" ? `${place}: ${line}` : line, "bad"));
      return [...lines, ...(hint === undefined ? [] : below(`→ ${hint}`, "plain"))];
    }),
  ];
}
