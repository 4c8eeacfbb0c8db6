import { parseBuildStep } from "./steps.ts";

/** Lines of each of the two streams that are worth showing. */
const shownLines = 10;

/**
 * The end of what docker said in a build that failed: the step it was in, the last lines of that step's own output,
 * and docker's verdict. The classic builder writes steps on stdout and the verdict on stderr, BuildKit all on stderr
 * with a summary between dashes.
 */
export function buildFailureLines(stdout: string, stderr: string): string[] {
  const output = meaningful(stdout);
  const step = output.findLastIndex((line) => parseBuildStep(line) !== undefined);
  const within = output.slice(step + 1).slice(-shownLines);
  const verdict = meaningful(summaryOf(stderr)).slice(-shownLines);
  const stepLine = output[step];
  return [...(stepLine === undefined ? [] : [stepLine]), ...within, ...verdict];
}

/** From BuildKit's first rule of dashes on, which is where it repeats what matters. */
function summaryOf(stderr: string): string {
  const start = stderr.search(/^------$/m);
  return start === -1 ? stderr : stderr.slice(start);
}

function meaningful(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replaceAll(colours, "").trimEnd())
    .filter((line) => line.trim() !== "" && !noise.some((pattern) => pattern.test(line)));
}

/** docker colours what a step wrote on stderr. */
// eslint-disable-next-line no-control-regex -- escape sequences are the subject here
const colours = /\u001b\[[0-9;]*m/g;

const noise = [
  /^Sending build context to Docker daemon/,
  /^ ---> /,
  /^(?:Removing intermediate container|Removed intermediate container) /,
  /^DEPRECATED: The legacy builder/,
  /^\s+Install the buildx component/,
  /^\s+https:\/\/docs\.docker\.com\/go\/buildx/,
  /^-{3,}$/,
  /^#\d+ (?:DONE|CACHED|sha256:|extracting|transferring|\.\.\.)/,
];
