import { parseBuildStep } from "./steps.ts";

/** Lines of each of the two streams that are worth showing. */
const shownLines = 10;

/**
 * The end of what docker said in a build that failed: the step it was in, the last lines that step wrote, and
 * docker's verdict. The classic builder writes steps on stdout and the verdict on stderr, BuildKit all on stderr.
 */
export function buildFailureLines(stdout: string, stderr: string): string[] {
  return fromBuildKit(stderr) ?? fromClassicBuilder(stdout, stderr);
}

function fromClassicBuilder(stdout: string, stderr: string): string[] {
  const output = meaningful(stdout);
  const start = output.findLastIndex((line) => parseBuildStep(line) !== undefined);
  const step = output[start];
  const verdict = meaningful(stderr).slice(-shownLines);
  return [...(step === undefined ? [] : [step]), ...output.slice(start + 1).slice(-shownLines), ...verdict];
}

/** Lines of one vertex of its graph begin with `#` and a number; the verdict stands below the last rule of six dashes. */
function fromBuildKit(stderr: string): string[] | undefined {
  const failed = /^#(\d+) ERROR/m.exec(stderr)?.[1];
  if (failed === undefined) return undefined;
  const own = stderr.split(/\r?\n/).filter((line) => line.startsWith(`#${failed} `));
  const step = own.map((line) => /^#\d+ (\[.*)$/.exec(line)?.[1]).find((text) => text !== undefined);
  const written = own.flatMap((line) => /^#\d+ \d+\.\d+ (.*)$/.exec(line)?.[1] ?? []);
  const verdict = stderr.split(/^------$/m).at(-1) ?? "";
  return [
    ...(step === undefined ? [] : [step]),
    ...meaningful(written.join("\n")).slice(-shownLines),
    ...meaningful(verdict).slice(-shownLines),
  ];
}

function meaningful(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replaceAll(colours, "").trimEnd())
    .filter((line) => line.trim() !== "" && !noise.some((pattern) => pattern.test(line)));
}

/** docker colours what a step wrote on stderr. */
// oxlint-disable-next-line eslint-js/no-control-regex -- escape sequences are the subject here
const colours = /\u001b\[[0-9;]*m/g;

const noise = [
  /^Sending build context to Docker daemon/,
  /^ ---> /,
  /^(?:Removing intermediate container|Removed intermediate container) /,
  /^DEPRECATED: The legacy builder/,
  /^\s+Install the buildx component/,
  /^\s+https:\/\/docs\.docker\.com\/go\/buildx/,
  /^\s+BuildKit is currently disabled; enable it/,
  /^\s+environment-variable\.$/,
  /^-{3,}$/,
];
