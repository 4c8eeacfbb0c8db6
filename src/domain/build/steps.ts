/** One step of a Dockerfile under way. */
export interface BuildStep {
  readonly step: number;
  readonly of: number;
  /** The instruction, with the name of its stage where BuildKit tells it. */
  readonly text: string;
}

/**
 * Reads a line of docker's build output: `Step 2/4 : COPY . /` (classic builder) or `#7 [web 2/4] COPY . /`
 * (BuildKit, plain). undefined for every other line.
 */
export function parseBuildStep(line: string): BuildStep | undefined {
  const classic = /^Step (\d+)\/(\d+) : (.*)$/.exec(line);
  if (classic) return { step: Number(classic[1]), of: Number(classic[2]), text: (classic[3] ?? "").trim() };
  const plain = /^#\d+ \[(?:(\S+) )?(\d+)\/(\d+)\] (.*)$/.exec(line);
  if (!plain) return undefined;
  const [, stage, step, of, text = ""] = plain;
  return { step: Number(step), of: Number(of), text: stage === undefined ? text.trim() : `[${stage}] ${text.trim()}` };
}
